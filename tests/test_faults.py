"""What a machine does to a scan: every fault is told, loses what it hit and no more, and never looks like a clean scan.

Real processes and real files; functions of `os` are replaced only where a file system cannot be made to fail.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ROOT, Result, Run, git, spawn, write

from keylint.policy.placeholders import expand
from keylint.registry import names

KEYED = {"bot.py": 'API_KEY = "{{key:fault}}"\n'}
RULE = "hardcoded-api-key"
# A file that is parsed, and reveals when.
SLOW = {"slow.py": "import binance\n"}


def run(arguments: str, folder: Path, *, before: str = "", env: Mapping[str, str] | None = None) -> Result:
    """Run keylint by a shell: `before` sets limits, redirections come with the arguments."""
    done = subprocess.run(
        ["sh", "-c", f"{before} exec {sys.executable} -m keylint {arguments}"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        check=False,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


def told(result: Result) -> dict[str, tuple[str, str]]:
    """What was left out, with reason and detail."""
    return {skip["path"]: (skip["reason"], skip.get("detail", "")) for skip in result.report["scanned"]["skipped"]}


def with_script(tmp_path: Path, script: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start keylint after a script, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", f"{script}\nfrom keylint.cli import main\nraise SystemExit(main({list(arguments)!r}))"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


# Reading.


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, name: str, number: int, calls: Callable[..., bool]) -> Iterator[None]:
    """Let a function of `os` fail for some calls."""
    real = getattr(os, name)

    def fail(*arguments: object, **options: object) -> object:
        if calls(*arguments):
            raise OSError(number, os.strerror(number))
        return real(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, name, fail)
        yield


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.ESTALE, errno.ENOMEM, errno.ENXIO])
def test_a_file_that_cannot_be_opened(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, jobs: str
) -> None:
    write(tmp_path, {**KEYED, "bad.py": ""})
    with failing(monkeypatch, "open", number, lambda file, *_: str(file).endswith("bad.py")):
        result = keylint("scan", str(tmp_path), "--format", "json", "--jobs", jobs)
    reason = ("excluded", "not a regular file") if number == errno.ENXIO else ("unreadable", os.strerror(number))
    assert (result.code, told(result), len(result.places)) == (1, {"bad.py": reason}, 1)


def test_a_file_that_fails_while_it_is_read(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {**KEYED, "bad.py": "x" * 100})
    with failing(monkeypatch, "read", errno.EIO, lambda _, size: size == 101):
        result = keylint("scan", str(tmp_path), "--format", "json")
    assert (result.code, told(result)) == (1, {"bad.py": ("unreadable", "Input/output error")})
    (tmp_path / "bot.py").unlink()
    with failing(monkeypatch, "read", errno.EIO, lambda _, size: size == 101):
        assert keylint("scan", str(tmp_path)).code == 4


def test_a_folder_that_fails(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"bad/bot.py": "", "a.py": ""})
    with failing(monkeypatch, "scandir", errno.EIO, lambda folder="": str(folder).endswith("bad")):
        result = keylint("scan", str(tmp_path), "--format", "json")
    assert (result.code, told(result)) == (4, {"bad": ("unreadable", "Input/output error")})


def test_more_files_than_may_be_open(tmp_path: Path) -> None:
    """Five descriptors beyond the standard streams are few, but a scan needs no more than a handful."""
    write(tmp_path, {**KEYED, **{f"file{place}.py": "import binance\n" for place in range(50)}})
    result = run("scan . --format json --jobs 4", tmp_path, before="ulimit -n 8;")
    assert result.code == 1
    assert (len(result.places), told(result)) == (1, {})


def test_no_descriptor_at_all_is_told(tmp_path: Path) -> None:
    write(tmp_path, KEYED)
    result = run("scan .", tmp_path, before="ulimit -n 3;")
    assert result.code not in (0, 1, 3)


def test_no_process_to_spare(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, KEYED)
    with failing(monkeypatch, "fork", errno.EAGAIN, lambda: True):
        assert keylint("scan", str(tmp_path)).code == 1


@pytest.mark.parametrize("source", [["."], ["-"]])
def test_where_there_is_no_fork(tmp_path: Path, source: list[str]) -> None:
    write(tmp_path, {**KEYED, **SLOW})
    script = "import os, sys\ndel os.fork\nsys.stdin = open('bot.py')"
    with with_script(tmp_path, script, "scan", *source, "--format", "json") as process:
        out, err = process.communicate()
    result = Result(process.returncode, out.decode(), err.decode())
    assert (result.code, len(result.places), result.err) == (1, 1, "")


def test_files_that_vanish_while_they_are_scanned(tmp_path: Path) -> None:
    """One is gone before it is glanced at, one between the glance and the closer look."""
    write(tmp_path, {**KEYED, "gone.py": "", "late.py": 'API_KEY = "{{key:late}}"\n'})
    script = (
        "import os, keylint.scanner as scanner\n"
        "read, glance = scanner.read_file, scanner.glance\n"
        "def reading(entry, *rest):\n"
        "    if entry.path == 'gone.py': os.unlink(entry.file)\n"
        "    return read(entry, *rest)\n"
        "def glancing(path, *rest):\n"
        "    if path == 'late.py': os.unlink(path)\n"
        "    return glance(path, *rest)\n"
        "scanner.read_file, scanner.glance = reading, glancing"
    )
    with with_script(tmp_path, script, "scan", ".", "--format", "json") as process:
        out, err = process.communicate()
    result = Result(process.returncode, out.decode(), err.decode())
    gone = ("unreadable", "no such file or folder")
    assert (result.code, result.err, len(result.places)) == (1, "", 1)
    assert {path: reason for path, (reason, _) in told(result).items()} == {"gone.py": gone[0], "late.py": gone[0]}


@pytest.mark.parametrize("size", [0, 1000, 70_000, 2_000_000])
def test_a_file_that_grows_while_it_is_read(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    key = expand('\nAPI_KEY = "{{key:grown}}"\n').encode()
    (tmp_path / "bot.py").write_bytes(b"#" * size)
    real = os.read

    def growing(descriptor: int, count: int) -> bytes:
        data = real(descriptor, count)
        if data.startswith(b"#") or not size:
            monkeypatch.setattr(os, "read", real)
            with open(tmp_path / "bot.py", "ab") as stream:
                stream.write(key)
        return data

    monkeypatch.setattr(os, "read", growing)
    assert keylint("scan", str(tmp_path), "--jobs", "1").code in (0, 1)
    monkeypatch.setattr(os, "read", real)
    assert keylint("scan", str(tmp_path), "--jobs", "1").code == 1


def test_a_file_that_shrinks_while_it_is_read(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bot.py").write_bytes(b"#" * 70_000)
    real = os.read

    def shrinking(descriptor: int, count: int) -> bytes:
        data = real(descriptor, count)
        os.truncate(tmp_path / "bot.py", 10)
        return data

    monkeypatch.setattr(os, "read", shrinking)
    assert keylint("scan", str(tmp_path), "--jobs", "1").code == 0


def test_little_memory(tmp_path: Path) -> None:
    """A file that does not fit is told; the others are scanned."""
    write(tmp_path, KEYED)
    (tmp_path / "large.txt").write_bytes(b"\n" * (90 << 20) + expand("api_key = {{key:large}}\n").encode())
    result = run("scan . --format json", tmp_path, before=f"ulimit -v {700 << 10};")
    assert result.code == 1
    assert {path: reason for path, (reason, _) in told(result).items()} == {"large.txt": "unreadable"}


# Writing.


FULL = "keylint: the report could not be written: No space left on device\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("form", names("keylint.reporters"))
def test_a_full_disk_for_standard_output(tmp_path: Path, form: str, unbuffered: str) -> None:
    write(tmp_path, KEYED)
    result = run(f"scan . --format {form} > /dev/full", tmp_path, env={"PYTHONUNBUFFERED": unbuffered})
    assert (result.code, result.err) == (1, FULL)
    (tmp_path / "bot.py").write_text("")
    result = run(f"scan . --format {form} > /dev/full", tmp_path, env={"PYTHONUNBUFFERED": unbuffered})
    silent = form in ("github", "jsonl")  # nothing is to be written
    assert (result.code, result.err) == ((0, "") if silent else (4, FULL))


def test_a_full_disk_for_a_report_file(tmp_path: Path) -> None:
    """A report that does not fit changes nothing: neither half a report nor the one before is lost."""
    write(tmp_path, {**{f"bot{place}.py": f'API_KEY = "{{{{key:{place}}}}}"\n' for place in range(50)}})
    (tmp_path / "report.json").write_text("the one before")
    # A limit of size is what a process can be given instead of a full disk.
    result = run("scan . --quiet --report json=report.json > /dev/null", tmp_path, before="trap '' XFSZ; ulimit -f 8;")
    assert result.code == 1
    assert "keylint: --report cannot write 'report.json': File too large" in result.err
    assert (tmp_path / "report.json").read_text() == "the one before"
    assert [file.name for file in tmp_path.iterdir() if "report" in file.name] == ["report.json"]


def test_a_full_device_for_a_report_file(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ""})
    result = run("scan . --report json=/dev/full", tmp_path)
    assert (result.code, result.err) == (4, "keylint: --report cannot write '/dev/full': No space left on device\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_nobody_reads_the_pipe(tmp_path: Path, unbuffered: str) -> None:
    write(tmp_path, {f"bot{place}.py": f'API_KEY = "{{{{key:{place}}}}}"\n' for place in range(20)})
    for form, code in (("text", b"1"), ("json", b"1")):
        done = subprocess.run(
            ["bash", "-c", f"{sys.executable} -m keylint scan . --format {form} | true; echo ${{PIPESTATUS[0]}}"],
            cwd=tmp_path,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered},
            check=False,
        )
        assert done.stdout.strip() == code
        assert done.stderr in (b"", b"keylint: the report could not be written: Broken pipe\n")


def test_a_pipe_that_is_full_and_does_not_block(tmp_path: Path) -> None:
    """Half a report must not look whole."""
    write(tmp_path, {f"bot{place}.py": f'API_KEY = "{{{{key:{place}}}}}"\n' for place in range(300)})
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    done = subprocess.run(
        [sys.executable, "-m", "keylint", "scan", ".", "--format", "json", "--fail-on", "never"],
        cwd=tmp_path,
        stdout=writing,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    os.close(writing)
    with open(reading, "rb") as stream:
        written = stream.read()
    assert (done.returncode, b"the report could not be written" in done.stderr) == (4, True)
    with pytest.raises(json.JSONDecodeError):
        json.loads(written)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_lose_no_finding_and_no_file(tmp_path: Path, closed: str) -> None:
    write(tmp_path, {**KEYED, "clean.py": ""})
    result = run(f"scan . --report json=report.json {closed}", tmp_path)
    report = json.loads((tmp_path / "report.json").read_text())
    assert (result.code, len(report["findings"]), report["scanned"]["files"]) == (1, 1, 2)


# Surroundings.


@pytest.mark.parametrize(
    "env",
    [
        {"HOME": ""},
        {"HOME": "/nonexistent"},
        {"HOME": "/proc"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "xx_YY.nonsense"},
        {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "utf-16"},
        {"PYTHONUNBUFFERED": "1"},
        {"PYTHONOPTIMIZE": "2"},
        {"PYTHONHASHSEED": "4711"},
        {"PYTHONWARNINGS": "error"},
        {"PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": "/nonexistent"},
        {"TERM": "nonsense", "COLUMNS": "x", "LINES": "-1"},
        {"COLUMNS": "1"},
        {"TZ": "nonsense"},
    ],
    ids=str,
)
def test_odd_surroundings_change_nothing(tmp_path: Path, env: Mapping[str, str]) -> None:
    write(tmp_path, {"ä/bot.py": KEYED["bot.py"]})
    plain, odd = (spawn("scan", ".", "--format", "json", cwd=tmp_path, env=one) for one in ({}, env))
    assert (odd.code, odd.out, odd.err) == (plain.code, plain.out, "")
    assert plain.code == 1


def test_no_environment_at_all(tmp_path: Path) -> None:
    write(tmp_path, KEYED)
    done = subprocess.run(
        [sys.executable, "-m", "keylint", "scan", "--format", "json"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, len(Result(1, done.stdout.decode(), "").places), done.stderr) == (1, 1, b"")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="becomes nobody, which only root can")
def test_a_tree_that_nobody_may_write_to(tmp_path: Path) -> None:
    """Nothing is written but what is asked for: neither to the tree, nor to the home, nor beside."""
    write(tmp_path, {**KEYED, **SLOW})
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    script = (
        "import os, pickle, resource, keylint.workers\n"
        "from keylint.cli import main\n"
        f"arguments = ['scan', {str(tmp_path)!r}, '--format', 'json']\n"
        "out = os.dup(1); os.dup2(os.open(os.devnull, os.O_WRONLY), 1)\n"
        "fork = os.fork; del os.fork\n"
        "main(arguments)  # loads here what nobody may not read, either\n"
        "os.fork = fork; os.dup2(out, 1); os.setgid(65534); os.setuid(65534)\n"
        "raise SystemExit(main(arguments))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["bot.py", "slow.py"]


def test_a_scan_leaves_nothing_behind(tmp_path: Path) -> None:
    write(tmp_path / "tree", {**KEYED, **SLOW})
    git(tmp_path / "tree", "init", "-q")
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    for folder in (home, temporary):
        folder.mkdir()
    env = {
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "COVERAGE_PROCESS_CONFIG": "",
    }
    assert spawn("scan", ".", cwd=tmp_path / "tree", env=env).code == 1
    assert list(temporary.iterdir()) == []
    assert sorted(file.name for file in (tmp_path / "tree").iterdir()) == [".git", "bot.py", "slow.py"]


# Death and interruption.


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in listed]


def worker_of(process: subprocess.Popen[bytes]) -> int:
    """Wait for a worker that works."""
    for _ in range(600):
        found = [one for one in children(process.pid) if b"git" not in Path(f"/proc/{one}/cmdline").read_bytes()[:20]]
        if found:
            time.sleep(0.3)
            return found[0]
        time.sleep(0.05)
    raise AssertionError("no worker was started")


def nobody_is_left(group: int) -> bool:
    """Wait for the end of a process group."""
    for _ in range(200):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


STALL = (
    "import time, keylint.scanner as scanner\n"
    "examine = scanner.examine\n"
    "scanner.examine = lambda path, *rest: time.sleep(60) if path == 'slow.py' else examine(path, *rest)"
)


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGABRT", "SIGTERM", "SIGBUS"])
def test_a_worker_that_is_killed_costs_its_own_input(tmp_path: Path, name: str) -> None:
    number = signal.Signals[name]
    write(tmp_path, {**KEYED, **SLOW})
    with with_script(tmp_path, STALL, "scan", ".", "--format", "json") as process:
        os.kill(worker_of(process), number)
        out, err = process.communicate(timeout=120)
    result = Result(process.returncode, out.decode(), err.decode())
    assert (result.code, len(result.places)) == (1, 1)
    assert told(result) == {"slow.py": ("unreadable", f"a worker was killed by signal {number.value}")}


@pytest.mark.parametrize("report", [[], ["--report", "json=report.json"]])
def test_an_interruption_leaves_no_report_and_nobody(tmp_path: Path, report: list[str]) -> None:
    write(tmp_path, {**KEYED, **SLOW})
    before = sorted(tmp_path.iterdir())
    with with_script(tmp_path, STALL, "scan", ".", "--format", "json", *report) as process:
        worker_of(process)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"keylint: interrupted\n")
    assert sorted(tmp_path.iterdir()) == before
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_interruptions_in_a_row(tmp_path: Path) -> None:
    write(tmp_path, {**KEYED, **SLOW})
    with with_script(tmp_path, STALL, "scan", ".") as process:
        worker_of(process)
        for _ in range(5):
            os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, b"Traceback" in err) == (130, b"", False)


def test_an_interruption_of_git(repository: Path) -> None:
    write(repository, KEYED)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "one")
    script = "import time, keylint.revisions as revisions\nrevisions.examine = lambda *rest: time.sleep(60)"
    with with_script(repository, script, "scan", "--history") as process:
        worker_of(process)
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"keylint: interrupted\n")
    assert nobody_is_left(process.pid)  # git reads the end of its orders


def test_a_parent_that_is_killed_leaves_nobody(tmp_path: Path) -> None:
    """A worker whose parent is gone reads the end of its orders, once what it works on is done."""
    write(tmp_path, {**KEYED, **SLOW})
    script = STALL.replace("time.sleep(60)", "time.sleep(2)")
    with with_script(tmp_path, script, "scan", ".") as process:
        worker_of(process)
        process.kill()
        process.communicate(timeout=60)
    assert nobody_is_left(process.pid)


# Limits of a worker.


@pytest.mark.parametrize("name", ["RLIMIT_CORE", "RLIMIT_AS"])
def test_what_a_worker_may_use(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """No core file, which would hold whole secrets; and memory in bounds."""
    from keylint.workers import run as work_apart

    resource = pytest.importorskip("resource", reason="no limits here")
    (limits,) = work_apart(lambda _: resource.getrlimit(getattr(resource, name)), [[1]], 1, lambda *_: (-1, -1))
    if name == "RLIMIT_CORE":
        assert limits == (0, 0)
    else:
        assert 0 < limits[0] < 1 << 44


def test_what_a_dying_library_prints_is_not_shown(tmp_path: Path) -> None:
    write(tmp_path, {**KEYED, **SLOW})
    script = (
        "import os, keylint.scanner as scanner\n"
        "examine = scanner.examine\n"
        "def dying(path, *rest):\n"
        "    if path == 'slow.py':\n"
        "        os.write(2, b'failed to allocate'); os.abort()\n"
        "    return examine(path, *rest)\n"
        "scanner.examine = dying"
    )
    with with_script(tmp_path, script, "scan", ".", "--format", "json") as process:
        out, err = process.communicate()
    assert (process.returncode, err) == (1, b"")
    assert told(Result(1, out.decode(), "")) == {"slow.py": ("unreadable", "a worker was killed by signal 6")}


def test_a_fault_costs_one_input(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {**KEYED, **SLOW})
    from keylint import pipeline

    examine = pipeline.examine

    def fail(path: str, *rest: object) -> object:
        if path == "slow.py":
            raise ZeroDivisionError
        return examine(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("keylint.scanner.examine", fail)
    result = keylint("scan", str(tmp_path), "--format", "json")
    assert (result.code, len(result.places)) == (1, 1)
    assert told(result) == {"slow.py": ("unreadable", "a fault of keylint's own")}
    assert result.err.count("Traceback") == 1
    assert "please report it" in result.err
    (tmp_path / "bot.py").unlink()
    assert keylint("scan", str(tmp_path)).code == 5
