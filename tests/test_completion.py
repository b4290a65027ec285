"""keylint completion: each shell itself completes a line that is typed, on a terminal of its own."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from conftest import Run, spawn, write

from keylint.commands.completion import SHELLS

pty = pytest.importorskip("pty", reason="Windows has no terminals of this kind")

# What makes a shell bare, where the script belongs, what is read first: among it a stand-in that shows what it is given.
_SHELLS = {
    "bash": (
        ("bash", "--noprofile", "--norc", "-i"),
        "keylint.sh",
        ". ./keylint.sh; keylint() { printf '<%s>' \"$@\"; }",
    ),
    "zsh": (
        ("zsh", "-f", "-i"),
        "_keylint",
        "fpath=($PWD $fpath); autoload -U compinit; compinit -u -d dump; keylint() { printf '<%s>' \"$@\"; }",
    ),
    "fish": (
        ("fish", "--private", "--no-config", "--interactive"),
        "keylint.fish",
        "source keylint.fish; function keylint; printf '<%s>' $argv; end",
    ),
}


def completed(shell: str, line: str, folder: Path) -> list[str]:
    """The words that a shell passes to keylint after a line, the tabulator and Enter were typed."""
    command, _, first = _SHELLS[shell]
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        ["sh", "-c", 'exec "$0" "$@" <>"$TTY" >&0 2>&1', *command],  # it is the terminal of who opens it first
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TERM": "xterm",
            "LC_ALL": "C.UTF-8",
            "TTY": os.ttyname(terminal),
        },
        start_new_session=True,
    )
    os.write(controller, f"{first}\n{line}\t\nexit\n".encode())
    shown = b""
    latest = time.monotonic() + 60
    while time.monotonic() < latest and (select.select([controller], [], [], 0.1)[0] or process.poll() is None):
        if select.select([controller], [], [], 0.1)[0]:
            shown += os.read(controller, 4096)
    process.kill()
    process.wait()
    os.close(controller)
    os.close(terminal)
    return re.findall(r"<([^<>%]+)>", re.sub(r"\x1b[\[\]()>=?]?[0-9;?]*[A-Za-z]?", "", shown.decode()))


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    shell = request.node.callspec.params["shell"]
    return write(tmp_path, {_SHELLS[shell][1]: spawn("completion", shell).out, "bot.py": "", "keys/a.txt": ""})


@pytest.mark.parametrize("shell", _SHELLS)
@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("keylint sca", ["scan"], id="command"),
        pytest.param("keylint baseline cre", ["baseline", "create"], id="command of a command"),
        pytest.param("keylint scan --no-prog", ["scan", "--no-progress"], id="option"),
        pytest.param("keylint scan --fail-on crit", ["scan", "--fail-on", "critical"], id="choice"),
        pytest.param("keylint scan --format sar", ["scan", "--format", "sarif"], id="format"),
        pytest.param("keylint scan --rule unused-perm", ["scan", "--rule", "unused-permission"], id="rule"),
        pytest.param("keylint scan --config bo", ["scan", "--config", "bot.py"], id="file of an option"),
        pytest.param("keylint scan bo", ["scan", "bot.py"], id="path"),
        pytest.param("keylint completion ba", ["completion", "bash"], id="shell"),
        pytest.param("keylint nothing-of-the-ki", ["nothing-of-the-ki"], id="nothing"),
    ],
)
def test_a_shell_completes(shell: str, line: str, words: list[str], folder: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    assert completed(shell, line, folder) == words


def test_the_script_of_powershell_can_be_read(keylint: Run) -> None:
    """There is no PowerShell to run it; its grammar is known."""
    import tree_sitter_powershell
    from tree_sitter import Language, Parser

    script = keylint("completion", "powershell").out
    tree = Parser(Language(tree_sitter_powershell.language())).parse(script.encode())
    assert not tree.root_node.has_error
    assert "Register-ArgumentCompleter" in script
    assert "unused-permission" in script


@pytest.mark.parametrize("shell", SHELLS)
def test_two_runs_give_the_same_script(keylint: Run, shell: str) -> None:
    assert (keylint("completion", shell).out, keylint("completion", shell).code) == (spawn("completion", shell).out, 0)


def test_other_shells_are_a_usage_error(keylint: Run) -> None:
    result = keylint("completion", "cmd")
    assert (result.code, result.out, "invalid choice: 'cmd'" in result.err) == (2, "", True)
