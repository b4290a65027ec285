"""Whatever keylint is asked, nothing that it writes anywhere holds more of a secret than its mask, in no encoding."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, git, write

from keylint.policy.placeholders import expand
from keylint.registry import names

# Every secret has a place of its own, so that a leak tells where it comes from.
FILES = {
    "bot.py": 'from binance.client import Client\nclient = Client("{{key:client}}", "{{key:secret}}", tld="us")\n',
    ".env": "BINANCE_API_KEY={{key:env}}\nBINANCE_API_SECRET={{key:envsecret}}\n",
    "logged.py": 'import binance\napi_key = "{{key:logged}}"\nprint(f"key {api_key}")\n',
    "url.py": 'import requests\nrequests.get("https://api.binance.us/api/v3/account?apiKey={{key:url}}")\n',
    "run.sh": "curl -H 'X-MBX-APIKEY: {{key:curl}}' https://api.binance.us/api/v3/account\n",
    "Dockerfile": "FROM python:3.12\nENV BINANCE_API_KEY={{key:image}}\n",
    "conf.yaml": "binance:\n  api_key: {{key:yaml}}\n  secret: {{key:yamlsecret}}\n  bad: [unclosed\n",
    "conf.json": '{"exchange": "binanceus", "key": "{{key:json}}", "secret": "{{key:jsonsecret}}"}\n',
    "wide.txt": "binance api key {{key:wide}}\n",
    "k8s.yaml": "kind: Secret\ndata:\n  binance-api-key: {{base64key:data}}\n",
    "ed.pem": "{{ed25519:pem}}\n",
    ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo {{key:ci}} binance\n",
    "notes/{{key:name}}.md": "binance api key in the name of a file\n",
    "allowed.py": 'API_KEY = "{{key:allowed}}"  # keylint: allow[hardcoded-api-key] reason="{{key:reason}}"\n',
    "unknown.py": 'API_KEY = "{{key:unknown}}"  # keylint: allow[{{key:unknownrule}}] reason="x"\n',
    "gateway.txt": "binance gateway GW-{{key:gateway}}\n",
    "keylint.keys.yaml": "keys:\n  - {id: main, exchange: binance.us, permissions: [read], created: 2026-01-01}\n",
}
NAMES = (
    *"client secret env envsecret logged url curl image yaml yamlsecret json jsonsecret wide data ci name".split(),
    *"allowed reason message author gateway mistyped argument stdin unknown unknownrule waived zipped member".split(),
)


def pieces(secret: str) -> Iterator[str]:
    """Yield every 8 characters of what the mask hides, plain and in the encodings that a program might write."""
    hidden = secret[4:-2]
    for text in (hidden, hidden[::-1], hidden.encode().hex(), hidden.encode().hex().upper()):
        yield from (text[at : at + 8] for at in range(len(text) - 7))
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + hidden.encode()).decode()[4:-4]
        yield from (text[at : at + 8] for at in range(len(text) - 7))
    yield "".join(f"%{ord(one):02x}" for one in hidden)[:24]
    yield "".join(f"&#{ord(one)};" for one in hidden)[:40]


FORBIDDEN = {piece: name for name in NAMES for piece in pieces(expand(f"{{{{key:{name}}}}}"))}
FORBIDDEN |= {
    piece: "pem"
    for line in expand("{{ed25519:pem}}").splitlines()
    if not line.startswith("-----")
    for piece in (line[4:-2][at : at + 8] for at in range(max(0, len(line) - 13)))
}


def leaks(text: str) -> set[str]:
    """Return whose secrets a text shows."""
    return {FORBIDDEN[text[at : at + 8]] for at in range(len(text) - 7) if text[at : at + 8] in FORBIDDEN} | {
        name for piece, name in FORBIDDEN.items() if len(piece) > 8 and piece in text
    }


def test_a_leak_would_be_seen() -> None:
    key = expand("{{key:env}}")
    assert leaks(f"{key[:4]}…{key[-2:]}") == set()
    for text in (key, key[10:18], key[::-1], key.encode().hex(), base64.b64encode(b"x" + key.encode()).decode()):
        assert leaks(f"so {text}.") == {"env"}
    assert leaks("".join(f"&#{ord(one)};" for one in key)) == {"env"}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a secret in every place there is, committed; some of it changed since."""
    folder = tmp_path_factory.mktemp("planted")
    git(folder, "init", "-q", "-b", "main")
    write(folder, {expand(name): text for name, text in FILES.items()})
    wide = folder / "wide.txt"
    wide.write_bytes(wide.read_text().encode("utf-16"))
    with zipfile.ZipFile(folder / "backup.zip", "w") as archive:
        archive.writestr("conf/.env", expand("BINANCE_API_KEY={{key:zipped}}\n"))
        archive.writestr(expand("{{key:member}}.txt"), "binance api key\n")
    git(folder, "add", "-A")
    author = f"{expand('{{key:author}}')} <alice@example.org>"
    git(folder, "commit", "-qm", expand("binance api key {{key:message}}"), f"--author={author}")
    (folder / "bot.py").write_text("")
    git(folder, "add", "bot.py")
    return folder


class Written:
    """What a run wrote: streams, files, and what the process list showed of it and its children meanwhile."""

    def __init__(self, folder: Path, home: Path) -> None:
        self._folder, self._home = folder, home

    def __call__(self, *arguments: str, stdin: bytes = b"", script: str = "") -> str:
        for folder in (self._home, self._home / "temporary"):
            folder.mkdir(exist_ok=True)
        out = self._home / "out"
        command = f"{script}\nfrom keylint.cli import main\nraise SystemExit(main())"
        env = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(self._home), "TMPDIR": str(self._home / "temporary")}
        env["COVERAGE_FILE"] = os.environ.get("COVERAGE_FILE", str(ROOT / ".coverage"))
        with subprocess.Popen(
            [sys.executable, "-c", command, *(one.replace("OUT", str(out)) for one in arguments)],
            cwd=self._folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            listed: list[str] = []
            done = threading.Event()
            watch = threading.Thread(target=_watch, args=(process.pid, listed, done))
            watch.start()
            printed = process.communicate(stdin)
            done.set()
            watch.join()
        given = " ".join(arguments)
        written = [stream.decode("utf-8", "surrogateescape") for stream in printed]
        written += [one for one in listed if one not in given]
        for file in sorted(self._home.rglob("*")):
            written.append(file.name)
            if file.is_file():
                written.append(file.read_bytes().decode("utf-8", "surrogateescape"))
                file.unlink()
        return "\n".join(written)


def _watch(pid: int, listed: list[str], done: threading.Event) -> None:
    """Note the arguments and environments of a process's descendants until it is done."""
    while not done.is_set():
        for one in _below(pid):
            try:
                for name in ("cmdline", "environ"):
                    shown = Path(f"/proc/{one}/{name}").read_bytes().decode("utf-8", "replace")
                    listed += [part for part in shown.split("\0") if part not in listed]
            except OSError:
                continue
        done.wait(0.002)


def _below(pid: int) -> Iterator[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for one in found:
        yield int(one)
        yield from _below(int(one))


@pytest.fixture
def written(planted: Path, tmp_path: Path) -> Written:
    return Written(planted, tmp_path / "home")


@pytest.mark.parametrize("form", names("keylint.reporters"))
def test_no_report_of_files(written: Written, form: str) -> None:
    shown = written("scan", ".", "--format", form, "--min-confidence", "low", "--report", f"{form}=OUT")
    assert (leaks(shown), "hardcoded-api-key" in shown) == (set(), True)


@pytest.mark.parametrize("form", names("keylint.reporters"))
def test_no_report_of_the_history(written: Written, form: str) -> None:
    shown = written("scan", "--history", "--format", form, "--min-confidence", "low")
    assert (leaks(shown), "hardcoded-api-key" in shown) == (set(), True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", "--staged"],
        ["scan", "--range", "HEAD"],
        ["scan", "--history", "--unreachable"],
        ["scan", "--quiet"],
        ["scan", "--color", "always"],
        ["scan", "--isolated", "--no-inline", "--no-gitignore", "--jobs", "2"],
        ["scan", "--show-policy"],
        ["baseline", "create", "--baseline", "OUT"],
        ["rules", "test"],
        ["scan", "--baseline", ".env"],
        ["scan", "--config", ".env"],
        ["scan", "--config", "conf.yaml"],
        ["scan", "--config", "conf.json"],
        ["rules", "test", "conf.yaml"],
        ["baseline", "import", "--format", "detect-secrets", ".env", "--baseline", "OUT"],
        ["baseline", "import", "--format", "gitleaks", "conf.json", "--baseline", "OUT"],
    ],
    ids=" ".join,
)
def test_no_other_output(written: Written, arguments: list[str]) -> None:
    assert leaks(written(*arguments)) == set()


def test_no_file_of_another_tool(written: Written, planted: Path, tmp_path: Path) -> None:
    baseline = tmp_path / "accepted.json"
    assert leaks(written("baseline", "create", "--baseline", str(baseline))) == set()
    assert leaks(baseline.read_text()) == set()
    assert '"rule"' in baseline.read_text() or "hardcoded-api-key" in baseline.read_text()
    for form in ("detect-secrets", "gitleaks"):
        options = ("--format", form, "--baseline", str(baseline), "--output", "OUT")
        assert leaks(written("baseline", "export", *options)) == set()


def test_no_standard_input(written: Written) -> None:
    text = expand("binance api key {{key:stdin}}\n").encode()
    assert leaks(written("scan", "-", stdin=text)) == set()
    assert leaks(written("scan", "--pre-push", stdin=text)) == set()


@pytest.mark.parametrize(
    "option",
    [
        "--range",
        "--config",
        "--baseline",
        "--rule",
        "--format",
        "--report",
        "--today",
        "--jobs",
        "--remote",
        "--no-such-option",
        "PATH",
    ],
)
def test_no_argument(written: Written, option: str) -> None:
    key = expand("{{key:argument}}")
    assert leaks(written("scan", *([key] if option == "PATH" else [option, key]))) == set()


@pytest.mark.parametrize(
    "text",
    [
        "version: {{key:mistyped}}",
        "rules: {{{key:mistyped}}: off}",
        "rules: {hardcoded-api-key: {severity: {{key:mistyped}}}}",
        "vars: {max_age_days: {{key:mistyped}}}",
        "extends: [{{key:mistyped}}]",
        "{{key:mistyped}}: 1",
        "{{key:mistyped}}",
        "waivers: [{rule: {{key:mistyped}}, reason: x}]",
        "waivers: [{rule: stale-key, created: {{key:mistyped}}}]",
        "patterns: [{id: a, regex: '({{key:mistyped}}'}]",
        "exclude: [1, {{key:mistyped}}",
        "a: [{{key:mistyped}}",
        "a: !{{key:mistyped}} b",
        "a: *{{key:mistyped}}",
    ],
)  # fmt: skip
def test_no_mistake_of_a_configuration(written: Written, tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(expand(text))
    shown = written("scan", "--config", str(file))
    assert (leaks(shown), "config.yaml" in shown) == (set(), True)


@pytest.mark.parametrize("more", [["--format", "json"], ["--format", "text"], ["--show-policy"]])
def test_no_waiver(written: Written, tmp_path: Path, more: list[str]) -> None:
    file = tmp_path / "config.yaml"
    waiver = "{rule: hardcoded-api-key, paths: ['*'], reason: '{{key:waived}}', owner: '{{key:waived}}'"
    file.write_text(expand(f"waivers: [{waiver}, created: 2026-11-01, expires: 2026-11-20}}]"))
    shown = written("scan", "--config", str(file), *more)
    assert (leaks(shown), "2026-11-20" in shown) == (set(), True)


@pytest.mark.parametrize(
    "text", ["- id: {{key:mistyped}}", "keys: [{id: a, permissions: [{{key:mistyped}}]}]", "keys: [{id: a, api_key: {{key:mistyped}}}]", "keys: [{id: a, {{key:mistyped}}: x}]"]
)  # fmt: skip
def test_no_mistake_of_an_inventory(tmp_path: Path, text: str) -> None:
    folder = write(tmp_path / "tree", {"a.py": ""})
    (folder / "keylint.keys.yaml").write_text(expand(text))
    shown = Written(folder, tmp_path / "home")("scan", ".")
    assert (leaks(shown), "keylint.keys.yaml" in shown) == (set(), True)


def test_no_pattern_of_ones_own(written: Written, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("version: 1\npatterns: [{id: gateway, regex: 'GW-[A-Za-z0-9]{64}', keywords: [binance]}]\n")
    shown = written("scan", "--config", str(file), "--format", "json")
    assert (leaks(shown), "own pattern gateway" in shown) == (set(), True)


FAULTS = {
    "in a worker": "scanner.examine = lambda path, *rest: fail(text, rest)",
    "in the parent": "scanner.glance = lambda path, *rest: fail(text, rest)",
    "of the system": "scanner.read_file = lambda *_: fail_with(OSError(5, text))",
    "in a lookup": "scanner.glance = lambda path, data, *_: {}[data]",
    "in reports": "import keylint.reporters.text as t; t.REPORTER = t.REPORTER._replace(render=lambda *_: fail(text))",
}


@pytest.mark.parametrize("where", FAULTS)
def test_no_fault_of_its_own(written: Written, where: str) -> None:
    script = (
        "import keylint.scanner as scanner\n"
        "text = open('.env').read()\n"
        "def fail_with(error): raise error\n"
        "def fail(*what): fail_with(ValueError(*what))\n"
    ) + FAULTS[where]
    shown = written("scan", ".", script=script)
    assert "Traceback" in shown
    assert leaks(shown) == set()


def test_no_fault_in_the_history(written: Written) -> None:
    script = "import keylint.revisions as revisions\ndef fail(*what): raise ValueError(*what)\nrevisions.examine = fail"
    shown = written("scan", "--history", script=script)
    assert ("Traceback" in shown, leaks(shown)) == (True, set())
