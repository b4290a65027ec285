"""Mirrors of real repositories over file, http (both kinds) and ssh: whole or not there, bounded, and nothing runs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import ROOT, git, write

from keylint.errors import UsageError
from keylint.sweep import mirrors as module
from keylint.sweep.mirrors import mirror, trim
from keylint.sweep.target import Target, TargetFailed

LARGEST = 1 << 30
SECONDS = 60.0


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A bare repository with two branches, a tag and a note; its HEAD is no usual one."""
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", "-q", "-b", "trunk")
    for name in ("a", "b"):
        write(work, {name: name})
        git(work, "add", "-A")
        git(work, "commit", "-q", "-m", name)
    git(work, "branch", "side")
    git(work, "tag", "-a", "v1", "-m", "one")
    git(work, "notes", "add", "-m", "a note")
    folder = tmp_path / "srv" / "acme" / "bot.git"
    git(tmp_path, "clone", "-q", "--mirror", str(work), str(folder))
    git(work, "remote", "add", "origin", str(folder))
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def commit(origin: Path, name: str, *arguments: str) -> str:
    """Push one more commit, and return its id."""
    work = origin.parents[2] / "work"
    write(work, {name: name})
    git(work, "add", "-A")
    git(work, "commit", "-q", "-m", name, *arguments)
    git(work, "push", "-q", "--force", "origin", "HEAD")
    return git(work, "rev-parse", "HEAD").strip()


def held(folder: str | Path) -> tuple[str, str]:
    """Every ref of a repository, and what HEAD leads to."""
    refs = git(Path(folder), "for-each-ref")
    return refs, (Path(folder) / "HEAD").read_text()


def brought(
    url: str | Path, cache: Path, *, seconds: float = SECONDS, largest: int = LARGEST, most: int = LARGEST
) -> Path:
    location = url if isinstance(url, str) else f"file://{url}"
    with mirror(Target("name", location), str(cache), seconds=seconds, largest=largest, most=most) as folder:
        return Path(folder)


def refused(url: str | Path, cache: Path, *, seconds: float = SECONDS, largest: int = LARGEST) -> str:
    with pytest.raises(TargetFailed) as error:
        brought(url, cache, seconds=seconds, largest=largest)
    assert "\n" not in str(error.value)
    return str(error.value)


def is_whole(folder: Path) -> bool:
    return "missing" not in git(folder, "fsck", "--connectivity-only") and git(folder, "rev-list", "--all") != ""


def left(cache: Path) -> list[str]:
    """What lies in a cache, except for locks and when it was trimmed last."""
    return sorted(path.name for path in cache.iterdir() if path.suffix != ".lock" and path.name != "trimmed")


# Nothing to fetch.


def test_a_folder_is_its_own_mirror(origin: Path, cache: Path) -> None:
    assert brought(str(origin), cache) == origin
    assert not cache.exists()


def test_what_a_forge_says_is_too_large_is_not_fetched(origin: Path, cache: Path) -> None:
    target = Target("name", f"file://{origin}", size=1001)
    with pytest.raises(TargetFailed, match="holds 1001 bytes; at most 1000 are fetched"):
        mirror(target, str(cache), seconds=SECONDS, largest=1000).__enter__()
    assert not cache.exists()


@pytest.mark.parametrize("url", ["ext::sh -c true", "ssh://-oProxyCommand=x/a", "--upload-pack=x@h:a", "ftp://h.org/a"])
def test_what_is_no_url_of_gits_is_not_given_to_it(cache: Path, url: str) -> None:
    assert refused(url, cache)
    assert not cache.exists()


def test_an_empty_repository_has_an_empty_mirror(tmp_path: Path, cache: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "empty.git")
    for _ in range(2):
        assert git(brought(tmp_path / "empty.git", cache), "rev-list", "--all") == ""


# Mirrors, and what is new.


def test_a_mirror_holds_every_ref_and_is_brought_up_to_date(origin: Path, cache: Path) -> None:
    folder = brought(origin, cache)
    assert held(folder) == held(origin)
    assert (is_whole(folder), left(cache)) == (True, [folder.name])
    first = commit(origin, "c")
    git(origin, "branch", "-D", "side")
    git(origin, "branch", "side/way", first)
    assert brought(origin, cache) == folder
    assert (held(folder), is_whole(folder)) == (held(origin), True)


def test_what_is_rewritten_and_renamed_is_followed(origin: Path, cache: Path) -> None:
    folder = brought(origin, cache)
    commit(origin, "c", "--amend")
    git(origin, "symbolic-ref", "HEAD", "refs/heads/side")
    brought(origin, cache)
    assert held(folder) == held(origin)
    git(origin, "symbolic-ref", "HEAD", "refs/heads/trunk")
    brought(origin, cache)
    assert held(folder) == held(origin)
    for name in git(origin, "for-each-ref", "--format=%(refname)").split():
        git(origin, "update-ref", "-d", name)
    brought(origin, cache)
    assert held(folder)[0] == ""


def test_a_head_that_is_on_no_branch_is_followed(origin: Path, cache: Path) -> None:
    first = git(origin, "rev-parse", "trunk~").strip()
    git(origin, "update-ref", "--no-deref", "HEAD", first)
    folder = brought(origin, cache)
    assert held(folder) == held(origin) == (held(origin)[0], f"{first}\n")


def test_what_only_head_leads_to_is_there(origin: Path, cache: Path) -> None:
    lone = git(origin, "commit-tree", "-m", "lone", "trunk^{tree}").strip()
    git(origin, "update-ref", "--no-deref", "HEAD", lone)
    folder = brought(origin, cache)
    assert git(folder, "log", "-1", "--format=%s", "HEAD") == "lone\n"
    git(origin, "update-ref", "--no-deref", "HEAD", "trunk~")
    brought(origin, cache)
    assert held(folder) == held(origin)


def test_a_ref_with_an_odd_name_is_one(origin: Path, cache: Path) -> None:
    git(origin, "update-ref", "refs/heads/a\u2028b\x85ü", "trunk")
    folder = brought(origin, cache)
    assert brought(origin, cache) == folder
    assert held(folder) == held(origin)


def test_what_did_not_change_is_not_fetched(origin: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = brought(origin, cache)
    asked: list[str] = []
    call = module._Git.__call__

    def noting(self: module._Git, path: str, arguments: list[str]) -> str:
        asked.append(arguments[0])
        return call(self, path, arguments)

    monkeypatch.setattr(module._Git, "__call__", noting)
    brought(origin, cache)
    assert asked == ["ls-remote", "for-each-ref"]
    assert held(folder) == held(origin)


def test_a_repository_of_longer_ids_is_mirrored(tmp_path: Path, cache: Path) -> None:
    work = tmp_path / "sha256"
    work.mkdir()
    git(work, "init", "-q", "-b", "main", "--object-format=sha256")
    git(work, "commit", "-q", "--allow-empty", "-m", "one")
    for _ in range(2):
        assert held(brought(work, cache)) == held(work / ".git")


def test_a_shallow_repository_is_mirrored(origin: Path, tmp_path: Path, cache: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", "--depth=1", f"file://{origin}", "shallow.git")
    folder = brought(tmp_path / "shallow.git", cache)
    assert git(folder, "rev-list", "--all", "--count").strip() == "1"


def test_submodules_and_large_files_stay_where_they_are(origin: Path, tmp_path: Path, cache: Path) -> None:
    work = tmp_path / "work"
    (work / ".gitmodules").write_text('[submodule "x"]\n\tpath = x\n\turl = ext::touch submodule-ran\n')
    (work / ".lfsconfig").write_text("[lfs]\n\turl = http://127.0.0.1:9/\n")
    (work / ".gitattributes").write_text("*.bin filter=lfs diff=lfs\n")
    (work / "a.bin").write_text("version https://git-lfs.github.com/spec/v1\nsize 5\n")
    commit(origin, "c")
    assert is_whole(brought(origin, cache))
    assert not list(tmp_path.rglob("submodule-ran"))


def test_no_hook_template_or_helper_runs(
    origin: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    hook = tmp_path / "template" / "hooks" / "reference-transaction"
    hook.parent.mkdir(parents=True)
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)
    configuration = f"""\
[init]
\ttemplateDir = {tmp_path}/template
[core]
\thooksPath = {tmp_path}/template/hooks
\tfsmonitor = touch {ran}
[protocol "ext"]
\tallow = always
[url "ext::touch {ran} "]
\tinsteadOf = https://redirected.example.org/
"""
    write(tmp_path, {"gitconfig": configuration})
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    folder = brought(origin, cache)
    commit(origin, "c")
    brought(origin, cache)
    assert "transport 'ext' not allowed" in refused("https://redirected.example.org/a", cache)
    assert (ran.exists(), (folder / "hooks").exists()) == (False, False)


def test_a_repository_around_the_cache_or_the_current_folder_has_no_say(
    origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = tmp_path / "around"
    around.mkdir()
    git(around, "init", "-q")
    git(around, "config", f"url.{tmp_path}/gone.insteadOf", f"file://{origin}")
    monkeypatch.chdir(around)
    monkeypatch.setenv("GIT_DIR", str(around / ".git"))
    assert held(brought(origin, around / "cache")) == held(origin)


def test_a_relative_cache_is_one(origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = brought(origin, Path("cache"))
    assert held(folder) == held(origin)


# Failures.


def test_what_is_not_there_is_said(tmp_path: Path, cache: Path) -> None:
    told = refused(tmp_path / "gone", cache)
    assert told.startswith(f"fatal: '{tmp_path}/gone' does not appear to be a git repository")
    assert left(cache) == []


def test_a_mirror_stays_while_its_origin_is_away(origin: Path, cache: Path) -> None:
    folder = brought(origin, cache)
    before = held(folder)
    origin.rename(origin.with_name("away"))
    refused(origin, cache)
    assert held(folder) == before


@pytest.mark.parametrize("damage", ["lock", "objects", "HEAD", "packed-refs", "garbage"])
def test_what_a_crash_left_is_mended(origin: Path, cache: Path, damage: str) -> None:
    folder = brought(origin, cache)
    if damage == "lock":
        (folder / "packed-refs.lock").write_text("")
        (folder / "refs" / "heads" / "trunk.lock").write_text("")
    elif damage == "objects":
        shutil.rmtree(folder / "objects")
        (folder / "objects" / "pack").mkdir(parents=True)
    elif damage == "garbage":
        (folder / "objects" / "pack" / "tmp_pack_x").write_text("half a pack")
    else:
        (folder / damage).write_text("no such thing\n")
    commit(origin, "c")
    assert brought(origin, cache) == folder
    assert (held(folder), is_whole(folder), left(cache)) == (held(origin), True, [folder.name])
    assert not (folder / "objects" / "pack" / "tmp_pack_x").exists()


def test_what_a_killed_clone_left_is_no_mirror(origin: Path, cache: Path) -> None:
    folder = brought(origin, cache)
    folder.rename(folder.with_name(f"{folder.name}.x.part"))
    (cache / f"{folder.name}.x.part" / "HEAD").unlink()
    assert held(brought(origin, cache)) == held(origin)
    assert left(cache) == [folder.name]


def test_a_cache_that_cannot_be_written_is_said(origin: Path, cache: Path) -> None:
    cache.write_text("a file")
    assert refused(origin, cache).startswith("its mirror cannot be written: ")


def test_a_machine_without_git_is_said(origin: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(cache))
    assert refused(origin, cache).startswith("git could not be started: ")


def test_what_is_not_installed_is_said(origin: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "filelock", None)
    with pytest.raises(UsageError, match=r"pip install 'keylint\[sweep\]'"):
        brought(origin, cache)


# Limits.


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An ssh that talks to nobody, with a child of its own; gives where it writes the child's process id."""
    told = tmp_path / "pid"
    script = tmp_path / "ssh"
    script.write_text(f"#!/bin/sh\nsleep 300 &\necho $! > {told}.new\nmv {told}.new {told}\nwait\n")
    script.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script))
    monkeypatch.setenv("GIT_SSH_VARIANT", "simple")
    return told


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_git_and_all_that_it_started_end_at_the_limit_of_time(slow: Path, cache: Path) -> None:
    start = time.monotonic()
    assert refused("git@example.org:acme/bot", cache, seconds=1.0) == "not fetched within 1 seconds"
    assert time.monotonic() - start < 20
    assert left(cache) == []
    pid = int(slow.read_text())
    while is_running(pid):  # until it was told, soon
        assert time.monotonic() - start < 20
        time.sleep(0.01)


def test_a_limit_of_size_ends_a_clone_and_leaves_nothing(origin: Path, tmp_path: Path, cache: Path) -> None:
    (tmp_path / "work" / "large").write_bytes(os.urandom(300_000))
    commit(origin, "c")
    assert refused(origin, cache, largest=100_000) == "larger than 100000 bytes"
    assert left(cache) == []


def test_a_mirror_that_grows_too_large_is_said_and_can_be_read(origin: Path, tmp_path: Path, cache: Path) -> None:
    folder = brought(origin, cache)
    (tmp_path / "work" / "large").write_bytes(os.urandom(300_000))
    commit(origin, "c")
    assert refused(origin, cache, largest=100_000) == "larger than 100000 bytes"
    assert is_whole(folder)


def test_what_a_server_says_is_bounded_and_commands_no_terminal(
    slow: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "ssh"
    script.write_text(
        "#!/bin/sh\nprintf 'warning: x\\nhello \\033[31m https://al:pass@h.org/a %01000d\\n' 7 >&2\nexit 1\n"
    )
    told = refused("git@example.org:acme/bot", cache)
    assert told.startswith("hello \\x1b")
    assert "https://…@h.org/a 000" in told
    assert len(told) == 300
    script.write_text("#!/bin/sh\nyes >&2\n")
    assert refused("git@example.org:acme/bot", cache, largest=1_000_000) == "larger than 1000000 bytes"


# Other ways than files.


def test_ssh_is_the_users_own(
    origin: Path, tmp_path: Path, cache: Path, slow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ssh").write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/hosts\ncd {tmp_path}/srv && eval "$2"\n')
    folder = brought("git@example.org:acme/bot.git", cache)
    commit(origin, "c")
    assert brought("git@example.org:acme/bot.git", cache) == folder
    assert held(folder) == held(origin)
    assert set((tmp_path / "hosts").read_text().split()) == {"git@example.org"}


class Smart(BaseHTTPRequestHandler):
    """What a web server does with `git http-backend`; whoever asks must be al, with a password."""

    root = ""

    def do_GET(self) -> None:
        self._run(b"")

    def do_POST(self) -> None:
        size = self.headers.get("Content-Length")
        if size is not None:
            self._run(self.rfile.read(int(size)))
            return
        body = b""
        while length := int(self.rfile.readline(), 16):
            body += self.rfile.read(length)
            self.rfile.readline()
        self._run(body)

    def _run(self, body: bytes) -> None:
        if self.headers.get("Authorization") != "Basic YWw6c2VjcmV0":
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        parts = urlsplit(self.path)
        environment = {
            **os.environ,
            "GIT_PROJECT_ROOT": self.root,
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REMOTE_USER": "al",
        }
        done = subprocess.run(["git", "http-backend"], env=environment, input=body, capture_output=True, check=True)
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  the name is its own
        pass


class Dumb(SimpleHTTPRequestHandler):
    """Files, as they are."""

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  the name is its own
        pass


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[type[BaseHTTPRequestHandler] | partial[Dumb]], str]]:
    """Start web servers that end with the test; each gives its host and port."""
    running: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(handler: type[BaseHTTPRequestHandler] | partial[Dumb]) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        running.append((server, thread))
        return f"127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


Serve = Callable[[object], str]


def test_http_with_a_password_that_is_kept_nowhere(
    origin: Path, tmp_path: Path, cache: Path, serve: Serve, capfd: pytest.CaptureFixture[str]
) -> None:
    place = serve(type("Here", (Smart,), {"root": str(tmp_path / "srv")}))
    folder = brought(f"http://al:secret@{place}/acme/bot.git", cache)
    commit(origin, "c")
    assert brought(f"http://al:secret@{place}/acme/bot.git", cache) == folder
    assert (held(folder), is_whole(folder)) == (held(origin), True)
    kept = b"".join(path.read_bytes() for path in cache.rglob("*") if path.is_file())
    assert (b"secret" in kept, "secret" in str(list(cache.rglob("*")))) == (False, False)
    told = refused(f"http://al:wrong-one@{place}/acme/bot", cache)
    assert ("Authentication failed" in told, "wrong-one" in told) == (True, False)
    assert "secret" not in "".join(capfd.readouterr())


def test_http_with_the_users_own_credentials(
    origin: Path, tmp_path: Path, cache: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = serve(type("Here", (Smart,), {"root": str(tmp_path / "srv")}))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    (tmp_path / "gitconfig").write_text("")
    assert "terminal prompts disabled" in refused(f"http://{place}/acme/bot.git", cache)
    (tmp_path / "gitconfig").write_text('[credential]\n\thelper = "!echo username=al; echo password=secret; :"\n')
    assert held(brought(f"http://{place}/acme/bot.git", cache)) == held(origin)
    assert "not found" in refused(f"http://{place}/acme/gone.git", cache)


def test_http_from_files(origin: Path, tmp_path: Path, cache: Path, serve: Serve) -> None:
    place = serve(partial(Dumb, directory=str(tmp_path / "srv")))
    assert "not found" in refused(f"http://{place}/acme/bot.git", cache)
    git(origin, "update-server-info")
    folder = brought(f"http://{place}/acme/bot.git", cache)
    assert (held(folder)[0], is_whole(folder)) == (held(origin)[0], True)
    commit(origin, "c")
    git(origin, "update-server-info")
    brought(f"http://{place}/acme/bot.git", cache)
    assert held(folder)[0] == held(origin)[0]


# Several at once.


def test_of_several_that_want_one_mirror_one_works(origin: Path, cache: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(lambda _: brought(origin, cache), range(8)))
    (folder,) = folders
    assert (held(folder), is_whole(folder), left(cache)) == (held(origin), True, [folder.name])


def test_who_waits_for_another_waits_no_longer_than_the_limit(slow: Path, cache: Path) -> None:
    url = "git@example.org:acme/bot"
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(refused, url, cache, seconds=3.0)
        while not slow.exists():
            time.sleep(0.01)
        assert refused(url, cache, seconds=0.2) == "another process works on its mirror for more than 0 seconds"
        trim(str(cache), 0)
        assert first.result() == "not fetched within 3 seconds"


def test_a_killed_process_leaves_no_half_mirror(origin: Path, tmp_path: Path, cache: Path) -> None:
    for number in range(30):
        (tmp_path / "work" / f"large{number}").write_bytes(os.urandom(100_000))
    commit(origin, "c")
    script = (
        "import sys; from keylint.sweep.mirrors import mirror; from keylint.sweep.target import Target\n"
        f"mirror(Target('n', sys.argv[1]), sys.argv[2], seconds=60, largest={LARGEST}).__enter__()\n"
    )
    for milliseconds in range(100, 1000, 100):
        child = subprocess.Popen(
            [sys.executable, "-c", script, f"file://{origin}", str(cache)], env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        try:
            child.wait(milliseconds / 1000)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
        mirrors = [name for name in left(cache) if name.endswith(".git")] if cache.exists() else []
        assert all(is_whole(cache / name) for name in mirrors)
        shutil.rmtree(cache, ignore_errors=True)
    assert held(brought(origin, cache)) == held(origin)


# The bound of the cache.


def filled(origin: Path, cache: Path, count: int) -> list[Path]:
    """Mirrors of copies, the first used last."""
    folders = []
    for number in range(count):
        copy = origin.with_name(f"copy{number}.git")
        shutil.copytree(origin, copy)
        folders.append(brought(copy, cache))
    for age, folder in enumerate(folders):
        os.utime(folder, (time.time() - 100 * (age + 1),) * 2)
    return folders


def test_what_was_not_used_for_the_longest_time_goes_first(origin: Path, cache: Path) -> None:
    folders = filled(origin, cache, 3)
    size = module._size(str(folders[0]))
    trim(str(cache), 10 * size)
    assert left(cache) == sorted(folder.name for folder in folders)
    trim(str(cache), 2 * size + size // 2)
    assert left(cache) == sorted(folder.name for folder in folders[:2])
    brought(origin.with_name("copy1.git"), cache)
    trim(str(cache), size + size // 2)
    assert left(cache) == [folders[1].name]
    trim(str(cache), 0)
    assert left(cache) == []


def test_what_is_read_or_worked_on_stays(origin: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(cache.parent)
    from filelock import FileLock

    folders = filled(origin, cache, 3)
    target = Target("name", f"file://{origin.with_name('copy0.git')}")
    with FileLock(f"{folders[1]}.lock"), mirror(target, str(cache), seconds=SECONDS, largest=LARGEST) as read:
        (cache / f"{folders[1].name}.x.part").mkdir()
        trim("cache", 0)
        assert left(cache) == sorted([Path(read).name, folders[1].name, f"{folders[1].name}.x.part"])
    trim(str(cache), 0)
    assert left(cache) == []


def test_the_cache_is_trimmed_now_and_then(origin: Path, cache: Path) -> None:
    first, *_ = filled(origin, cache, 2)
    assert brought(origin.with_name("copy1.git"), cache, most=0).exists()
    assert first.exists()  # it was looked at a moment ago
    os.utime(cache / "trimmed", (time.time() - 3600,) * 2)
    brought(origin.with_name("copy1.git"), cache, most=0)
    assert left(cache) == []


def test_a_cache_that_is_not_there_needs_no_trimming(cache: Path) -> None:
    trim(str(cache), 0)
    assert not cache.exists()


def test_mirrors_of_private_code_are_for_their_owner(origin: Path, cache: Path) -> None:
    brought(origin, cache)
    assert cache.stat().st_mode & 0o077 == 0
