"""Organisations listed through servers that behave as the forges do, well and badly; tokens go nowhere else."""

from __future__ import annotations

import gzip
import json
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import write

from keylint.errors import KeylintError, NothingScanned, SourceFailed, UsageError
from keylint.registry import load, names
from keylint.sweep.forges import Forge, _api
from keylint.sweep.job import Job, examine
from keylint.sweep.organisations import Organisation, organisation
from keylint.sweep.target import Target
from keylint.sweep.targets import targets

FORGES = names("keylint.sweep.forges")
VARIABLES = (
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "GITLAB_TOKEN",
    "GITEA_TOKEN",
    "FORGEJO_TOKEN",
    "GH_HOST",
    "GITLAB_HOST",
    "GITEA_HOST",
)
TOKEN = "tok-en.of-nobody"  # noqa: S105  as it says
API = {"github": "/api/v3", "gitlab": "/api/v4", "gitea": "/api/v1"}
TOKEN_OF = {"github": "GITHUB_TOKEN", "gitlab": "GITLAB_TOKEN", "gitea": "FORGEJO_TOKEN"}
CARRIED = {
    "github": ("Authorization", f"Bearer {TOKEN}"),
    "gitlab": ("PRIVATE-TOKEN", TOKEN),
    "gitea": ("Authorization", f"token {TOKEN}"),
}


class Reply(NamedTuple):
    """What a server sends. `short`: it promises so many bytes more, and hangs up."""

    code: int
    headers: dict[str, str]
    body: bytes
    short: int = 0


class Asked(NamedTuple):
    """What a server was asked."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


class Fake:
    """A server. `first` are replies that it gives before it behaves."""

    def __init__(self, answer: Callable[[Fake, Asked], Reply], context: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.first: list[Reply] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                asked = Asked(parts.path, query, {name.lower(): value for name, value in self.headers.items()})
                fake.asked.append(asked)
                reply = fake.first.pop(0) if fake.first else answer(fake, asked)
                self.send_response(reply.code)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body) + reply.short))
                self.end_headers()
                with suppress(BrokenPipeError, ConnectionResetError):  # who gives up reads no answer
                    self.wfile.write(reply.body)

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  the name is its own
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


Start = Callable[..., Fake]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start servers that end with the test."""
    running: list[Fake] = []

    def start_one(answer: Callable[[Fake, Asked], Reply], context: ssl.SSLContext | None = None) -> Fake:
        running.append(Fake(answer, context))
        return running[-1]

    yield start_one
    for fake in running:
        fake.close()


@pytest.fixture(autouse=True)
def _no_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was waited for; nobody does. Units: seconds."""
    waited: list[float] = []
    clock = SimpleNamespace(time=lambda: 1_000_000.0, monotonic=time.monotonic, sleep=waited.append)
    monkeypatch.setattr(_api, "time", clock)
    return waited


def reply(value: object, code: int = 200, **headers: str) -> Reply:
    told = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(code, {"Content-Type": "application/json", **told}, json.dumps(value).encode())


def repository(
    forge: str, organisation: str, name: str, *, archived: bool = False, fork: bool = False
) -> dict[str, Any]:
    """A repository as a forge describes it."""
    url = f"https://git.example.org/{organisation}/{name}.git"
    if forge == "gitlab":
        parent = {"forked_from_project": {"id": 1}} if fork else {}
        size = {"statistics": {"repository_size": 2048}}
        path = f"{organisation}/{name}"
        return {"path_with_namespace": path, "http_url_to_repo": url, "archived": archived, **parent, **size}
    return {"name": name, "clone_url": url, "archived": archived, "fork": fork, "size": 2}


def behaving(forge: str, lists: dict[str, list[dict[str, Any]]], page: int = 2) -> Callable[[Fake, Asked], Reply]:
    """Answer as a forge does: its lists by their paths below the API, in pages."""

    def answer(fake: Fake, asked: Asked) -> Reply:
        found = lists.get(asked.path.removeprefix(API[forge] + "/"))
        if found is None or not asked.path.startswith(API[forge]):
            return reply({"message": "Not Found"}, 404)
        number = int(asked.query.get("page", "1"))
        some = found[(number - 1) * page : number * page]
        # What a Gitea server calls itself is often another address.
        at = "https://elsewhere.example.org" if forge == "gitea" else fake.url
        more = number * page < len(found)
        link = f'<{at}{asked.path}?page={number - 1}>; rel="prev", <{at}{asked.path}?page={number + 1}>; rel="next"'
        return reply(some, 200, **({"Link": link} if more else {}))

    return answer


PATHS = {"github": "orgs/acme/repos", "gitlab": "groups/acme/projects", "gitea": "orgs/acme/repos"}
USER_PATHS = {"github": "users/acme/repos", "gitlab": "users/acme/projects", "gitea": "users/acme/repos"}


def acme(forge: str) -> list[dict[str, Any]]:
    return [
        repository(forge, "acme", "bot"),
        repository(forge, "acme", "old", archived=True),
        repository(forge, "acme", "bot-fork", fork=True),
        repository(forge, "acme", "tax"),
        repository(forge, "acme", "bot-2"),
    ]


def listed(argument: str, *, archived: bool = False, forks: bool = False) -> list[str]:
    """The names of an organisation's repositories, without what they have in common."""
    found = targets([argument], file=None, archived=archived, forks=forks)
    return [target.name.removeprefix("git.example.org/acme/") for target in found]


def refused(argument: str, kind: type[KeylintError] = SourceFailed) -> str:
    with pytest.raises(KeylintError) as error:
        targets([argument], file=None, archived=False, forks=False)
    assert type(error.value) is kind
    assert TOKEN not in str(error.value)
    return str(error.value)


# Nothing to list.


@pytest.mark.parametrize("forge", FORGES)
def test_nobody_of_that_name_is_said(start: Start, forge: str) -> None:
    fake = start(behaving(forge, {}))
    told = refused(f"{forge}:{fake.url}/acme")
    assert "'acme', or none that may be seen without a token; set " in told
    assert len(fake.asked) == 2


@pytest.mark.parametrize("forge", FORGES)
def test_an_organisation_without_repositories_is_said(start: Start, forge: str) -> None:
    fake = start(behaving(forge, {PATHS[forge]: []}))
    assert refused(f"{forge}:{fake.url}/acme", NothingScanned) == f"{forge}:acme: no repository on {fake.url}"


def test_how_many_are_left_out_is_said_if_none_is_left(start: Start, tmp_path: Path) -> None:
    lists = {PATHS["github"]: acme("github")}
    fake = start(behaving("github", lists))
    write(tmp_path, {"t.yaml": f"version: 1\ntargets:\n  - {{github: {fake.url}/acme, match: [old, bot-fork]}}\n"})
    with pytest.raises(NothingScanned) as error:
        targets([], file=str(tmp_path / "t.yaml"), archived=False, forks=False)
    told = f"github:acme: no repository on {fake.url} is taken: of 5, 3 do not match, 1 are archived, 1 are forks"
    assert str(error.value) == f"{tmp_path}/t.yaml:3:6: {told}"


# Lists.


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize(
    ("archived", "forks", "expected"),
    [
        pytest.param(False, False, ["bot", "bot-2", "tax"], id="neither"),
        pytest.param(True, False, ["bot", "bot-2", "old", "tax"], id="archived"),
        pytest.param(False, True, ["bot", "bot-2", "bot-fork", "tax"], id="forks"),
        pytest.param(True, True, ["bot", "bot-2", "bot-fork", "old", "tax"], id="both"),
    ],
)
def test_every_page_is_read(start: Start, forge: str, archived: bool, forks: bool, expected: list[str]) -> None:
    fake = start(behaving(forge, {PATHS[forge]: acme(forge)}))
    assert listed(f"{forge}:{fake.url}/acme", archived=archived, forks=forks) == expected
    assert [int(asked.query.get("page", "1")) for asked in fake.asked] == [1, 2, 3, *([4] if forge == "gitea" else [])]


@pytest.mark.parametrize("forge", FORGES)
def test_what_is_no_organisation_is_a_user(start: Start, forge: str) -> None:
    fake = start(behaving(forge, {USER_PATHS[forge]: acme(forge)}))
    assert listed(f"{forge}:{fake.url}/acme") == ["bot", "bot-2", "tax"]


@pytest.mark.parametrize("forge", FORGES)
def test_a_target_has_what_the_forge_tells(start: Start, forge: str) -> None:
    fake = start(behaving(forge, {PATHS[forge]: acme(forge)[:1]}))
    url = "https://git.example.org/acme/bot.git"
    found = targets([f"{forge}:{fake.url}/acme", url], file=None, archived=False, forks=False)
    assert found == [Target("git.example.org/acme/bot", url, size=2048)]


def test_a_group_of_a_group_has_its_own_path(start: Start, tmp_path: Path) -> None:
    projects = [repository("gitlab", "acme/sub", name) for name in ("bots/one", "bots/two", "tax")]
    fake = start(behaving("gitlab", {"groups/acme%2Fsub/projects": projects}))
    write(tmp_path, {"t.yaml": f"version: 1\ntargets: [{{gitlab: {fake.url}/acme/sub, match: [bots/*, '!two']}}]\n"})
    found = targets([], file=str(tmp_path / "t.yaml"), archived=False, forks=False)
    assert [target.name for target in found] == ["git.example.org/acme/sub/bots/one"]
    assert fake.asked[0].query["include_subgroups"] == "true"


def test_projects_of_a_group_that_was_renamed_have_their_whole_path(start: Start, tmp_path: Path) -> None:
    projects = [
        repository("gitlab", "Acme", "bot"),
        repository("gitlab", "new", "bot"),
        repository("gitlab", "new", "tax"),
    ]
    fake = start(behaving("gitlab", {PATHS["gitlab"]: projects}))
    write(tmp_path, {"t.yaml": f"version: 1\ntargets: [{{gitlab: {fake.url}/acme, match: [/bot, new/tax]}}]\n"})
    found = targets([], file=str(tmp_path / "t.yaml"), archived=False, forks=False)
    assert [target.name for target in found] == ["git.example.org/Acme/bot", "git.example.org/new/tax"]


def test_a_file_decides_for_its_entries_and_asks_once(start: Start, tmp_path: Path) -> None:
    fake = start(behaving("gitea", {PATHS["gitea"]: acme("gitea")}, page=50))
    text = """\
version: 1
targets:
  - {gitea: SERVER/acme, archived: true, forks: false, owner: "@a", tags: [all]}
  - {gitea: SERVER/acme, archived: false, forks: true, match: "bot-*", owner: "@b", tags: [bots]}
"""
    write(tmp_path, {"t.yaml": text.replace("SERVER", fake.url)})
    found = targets([], file=str(tmp_path / "t.yaml"), archived=False, forks=False)
    assert [(one.name.rpartition("/")[2], one.owner, one.tags) for one in found] == [
        ("bot", "@a", ("all",)),
        ("bot-2", "@b", ("all", "bots")),
        ("bot-fork", "@b", ("bots",)),
        ("old", "@a", ("all",)),
        ("tax", "@a", ("all",)),
    ]
    assert len(fake.asked) == 2


def test_ones_own_private_repositories_are_listed(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    pages = behaving("github", {"user/repos": acme("github"), USER_PATHS["github"]: acme("github")[:1]})

    def answer(fake: Fake, asked: Asked) -> Reply:
        return reply({"login": "Acme"}) if asked.path == "/api/v3/user" else pages(fake, asked)

    assert listed(f"github:{start(answer).url}/acme") == ["bot", "bot-2", "tax"]


@pytest.mark.parametrize("code", [200, 403])
def test_another_users_public_ones_are_listed(start: Start, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    pages = behaving("github", {"user/repos": [], USER_PATHS["github"]: acme("github")})

    def answer(fake: Fake, asked: Asked) -> Reply:
        return reply({"login": "other"}, code) if asked.path == "/api/v3/user" else pages(fake, asked)

    assert listed(f"github:{start(answer).url}/acme") == ["bot", "bot-2", "tax"]


def test_a_list_that_is_not_whole_is_told_as_a_failure(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    pages = behaving("github", {PATHS["github"]: acme("github")})

    def answer(fake: Fake, asked: Asked) -> Reply:
        whole = pages(fake, asked)
        return whole._replace(
            headers={**whole.headers, "X-GitHub-SSO": "partial-results; organizations=21955855,20582480"}
        )

    url = start(answer).url
    found = {one.name: one for one in targets([f"github:{url}/acme"], file=None, archived=False, forks=False)}
    name = f"github:{url}/acme"
    assert len(found) == 4
    why = "its list is not whole: single sign-on of 2 organisations has not authorised the token"
    assert found[name] == Target(name, "", lacks=why)
    job = Job(found[name], None, "2026-11-22", "medium", True, True, None, "", 60.0, 1 << 30)
    assert examine(job).scan[:3] == (name, "failed", why)


def test_single_sign_on_that_refuses_is_named(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    refusal = reply({"message": "Resource protected"}, 403, X_GitHub_SSO="required; url=https://example.org/sso?a=b")
    said = "not allowed with the token in GITHUB_TOKEN; single sign-on has to authorise it first: Resource protected"
    assert said in refused(f"github:{start(lambda *_: refusal).url}/acme")


def test_nothing_is_asked_while_an_argument_is_wrong(start: Start) -> None:
    fake = start(behaving("github", {PATHS["github"]: acme("github")}))
    with pytest.raises(NothingScanned, match="gone"):
        targets([f"github:{fake.url}/acme", "gone"], file=None, archived=False, forks=False)
    assert fake.asked == []


@pytest.mark.parametrize(
    ("forge", "what", "base"),
    [
        ("github", "acme", "https://api.github.com"),
        ("github", "https://github.com/acme", "https://api.github.com"),
        ("github", "https://acme.ghe.com/acme", "https://api.acme.ghe.com"),
        ("github", "https://GHE.example.org/acme/", "https://ghe.example.org/api/v3"),
        ("gitlab", "acme/sub", "https://gitlab.com/api/v4"),
        ("gitlab", "https://git.example.org:8443/acme/sub", "https://git.example.org:8443/api/v4"),
        ("gitea", "https://codeberg.org/acme", "https://codeberg.org/api/v1"),
    ],
)
def test_where_an_api_is(forge: str, what: str, base: str) -> None:
    one = load("keylint.sweep.forges", forge, "FORGE")
    assert isinstance(one, Forge)
    assert one.base(organisation(forge, what).server) == base


def test_a_server_is_not_part_of_a_name() -> None:
    assert organisation("gitlab", "https://[2001:db8::1]:80/a/b//") == Organisation(
        "gitlab", "https://[2001:db8::1]:80", "a/b"
    )


# Waits.


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize(
    ("refusal", "waited"),
    [
        pytest.param(reply({}, 429, Retry_After="7"), 7, id="so many seconds"),
        pytest.param(reply({}, 429, Retry_After="Mon, 12 Jan 1970 13:47:10 GMT"), 30, id="until a date"),
        pytest.param(reply({}, 429, Retry_After="soon"), 1, id="soon"),
        pytest.param(reply({}, 429), 1, id="not told"),
        pytest.param(reply({}, 429, RateLimit_Remaining="0", RateLimit_Reset="1000020"), 20, id="reset of GitLab"),
        pytest.param(reply({}, 403, X_RateLimit_Remaining="0", X_RateLimit_Reset="1000060"), 60, id="reset of GitHub"),
        pytest.param(reply({}, 403, X_RateLimit_Remaining="0", X_RateLimit_Reset="999000"), 1, id="reset long ago"),
        pytest.param(reply({"message": "You have exceeded a secondary rate limit"}, 403), 1, id="secondary"),
        pytest.param(reply({}, 503, Retry_After="5"), 5, id="maintenance"),
        pytest.param(reply({}, 502), 1, id="gateway"),
        pytest.param(Reply(200, {}, b'[{"name": "bo', short=100), 1, id="cut off"),
        pytest.param(Reply(200, {"Content-Encoding": "gzip"}, b"no gzip"), 1, id="not packed as it says"),
    ],
)
def test_a_passing_refusal_is_waited_for(
    start: Start, capfd: pytest.CaptureFixture[str], waits: list[float], forge: str, refusal: Reply, waited: float
) -> None:
    fake = start(behaving(forge, {PATHS[forge]: acme(forge)}, page=50))
    fake.first = [refusal]
    assert listed(f"{forge}:{fake.url}/acme") == ["bot", "bot-2", "tax"]
    assert waits == [waited]
    assert f"waiting for {waited} seconds" in capfd.readouterr().err


def test_back_off_grows_and_ends(start: Start, waits: list[float]) -> None:
    fake = start(lambda *_: reply({}, 500))
    assert refused(f"github:{fake.url}/acme").endswith("answers 500, 5 times")
    assert waits == [1, 2, 4, 8]
    assert len(fake.asked) == 5


def test_a_server_that_is_not_there_is_said(start: Start, waits: list[float]) -> None:
    fake = start(behaving("github", {}))
    fake.close()
    told = refused(f"github:{fake.url}/acme")
    assert "cannot be asked: " in told
    assert waits == [1, 2, 4, 8]


def test_a_silent_server_is_given_up(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_api, "_SILENCE", 0.05)
    gate = threading.Event()

    def answer(fake: Fake, asked: Asked) -> Reply:
        gate.wait(5)
        return reply([])

    fake = start(answer)
    told = refused(f"github:{fake.url}/acme")
    gate.set()
    assert "cannot be asked: timed out, 5 times" in told


def test_a_server_that_never_comes_to_an_end_is_given_up(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_api, "_LONGEST_ANSWER", -1.0)
    fake = start(behaving("github", {PATHS["github"]: acme("github")}))
    assert "cannot be asked: no whole answer in" in refused(f"github:{fake.url}/acme")


@pytest.mark.parametrize(
    ("replies", "said"),
    [
        pytest.param(
            [reply({}, 429, Retry_After="3601")], "for 3601 seconds more; of waiting, 3600 are left", id="at once"
        ),
        pytest.param(
            [reply({}, 429, Retry_After="2000")] * 2, "for 2000 seconds more; of waiting, 1600 are left", id="in all"
        ),
        pytest.param(
            [reply({}, 429, Retry_After="0")] * 20, "its limit of requests is reached, 20 times", id="for ever"
        ),
    ],
)
def test_waiting_has_an_end(start: Start, replies: list[Reply], said: str) -> None:
    fake = start(behaving("github", {}))
    fake.first = list(replies)
    assert refused(f"github:{fake.url}/acme").endswith(said)


# Refusals.


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(
            reply({"message": "Bad credentials"}, 401), "answers 401: the token in {} is not accepted: Bad", id="401"
        ),
        pytest.param(
            reply({"message": f"{TOKEN} may not"}, 403), "not allowed with the token in {}: … may not", id="403"
        ),
        pytest.param(reply({"error": "x\ny" * 999}, 418), "answers 418: x yx yx y", id="418"),
        pytest.param(reply("teapot", 418), "answers 418", id="418 without a reason"),
        pytest.param(Reply(418, {}, b"\xff"), "answers 418", id="418 and no JSON"),
        pytest.param(
            Reply(200, {}, b'[{"name": "bo'), "expected JSON, found nothing that is named of 13 bytes", id="truncated"
        ),
        pytest.param(
            Reply(200, {"Content-Type": "text/html; a"}, b"<p>"), "expected JSON, found text/html", id="a page"
        ),
        pytest.param(Reply(200, {}, b"[" * 200_000), "expected JSON, found", id="nested"),
        pytest.param(reply({"a": 1}), "expected a list of repositories", id="no list"),
        pytest.param(reply([1]), "expected a list of repositories", id="list of something else"),
        pytest.param(reply(None), "expected a list of repositories", id="null"),
        pytest.param(reply([{}]), "expected a repository with '", id="no repository"),
        pytest.param(Reply(302, {}, b""), "its redirections have no end", id="redirection without a place"),
    ],
)
def test_a_refusal_is_said(
    start: Start, monkeypatch: pytest.MonkeyPatch, waits: list[float], forge: str, answer: Reply, said: str
) -> None:
    monkeypatch.setenv(TOKEN_OF[forge], TOKEN)
    told = refused(f"{forge}:{start(lambda *_: answer).url}/acme")
    assert said.format(TOKEN_OF[forge]) in told
    assert len(told) < 400
    assert waits == []


def test_without_a_token_it_is_said_how_to_give_one(start: Start, capfd: pytest.CaptureFixture[str]) -> None:
    assert refused(f"gitea:{start(lambda *_: reply({}, 401)).url}/acme").endswith(
        "answers 401: it wants a token; set GITEA_TOKEN or FORGEJO_TOKEN"
    )
    assert "only what everybody may see is listed" in capfd.readouterr().err
    assert "answers 403: not allowed without a token" in refused(f"gitlab:{start(lambda *_: reply({}, 403)).url}/acme")


@pytest.mark.parametrize(
    "url", ["ext::sh -c true", "file:///etc", "--upload-pack=x", "", 5, None, "ssh://git@example.org/a"]
)
def test_a_server_names_no_url_but_the_webs(start: Start, url: object) -> None:
    fake = start(lambda *_: reply([{**acme("github")[0], "clone_url": url}]))
    told = refused(f"github:{fake.url}/acme")
    assert "expected a repository with 'clone_url'" in told or "expected a URL " in told


def test_a_server_names_no_url_that_git_would_not_take(start: Start) -> None:
    fake = start(lambda *_: reply([{**acme("github")[0], "clone_url": "https://-x/a"}]))
    assert "begins with '-'" in refused(f"github:{fake.url}/acme")


def test_a_redirection_or_a_next_page_to_nowhere_is_said(start: Start) -> None:
    fake = start(lambda *_: Reply(302, {"Location": "http://a:b/"}, b""))
    assert "cannot be asked: Invalid URL" in refused(f"github:{fake.url}/acme")
    fake = start(lambda *_: reply([], 200, Link='<http://a:b/>; rel="next"'))
    assert refused(f"github:{fake.url}/acme").endswith("names a next page at no URL")


@pytest.mark.parametrize("link", ["same", "longer"])
def test_a_list_without_an_end_is_given_up(start: Start, monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    monkeypatch.setattr(_api, "_MOST_PAGES", 10)

    def answer(fake: Fake, asked: Asked) -> Reply:
        more = "page=1" if link == "same" else f"page={len(fake.asked)}"
        return reply(acme("github"), Link=f'<{fake.url}{asked.path}?{more}>; rel="next"')

    assert refused(f"github:{start(answer).url}/acme").endswith("its list has no end")


def test_a_numbered_list_without_an_end_is_given_up(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_api, "_MOST_PAGES", 10)
    fake = start(lambda *_: reply(acme("gitea")))
    assert refused(f"gitea:{fake.url}/acme").endswith("its list has no end")


def test_a_list_that_vanishes_half_way_is_no_shorter_one(start: Start) -> None:
    pages = behaving("github", {PATHS["github"]: acme("github")})
    fake = start(lambda fake, asked: reply({}, 404) if "page" in asked.query else pages(fake, asked))
    assert "expected a list of repositories" in refused(f"github:{fake.url}/acme")


def test_an_answer_has_a_largest_size_also_unpacked(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_api, "_LARGEST", 10_000)
    packed = Reply(200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * 100_000))
    assert refused(f"github:{start(lambda *_: packed).url}/acme").endswith("an answer is larger than 10000 bytes")


# Tokens.


@pytest.mark.parametrize("forge", FORGES)
def test_a_token_is_carried_in_a_header_and_shown_nowhere(
    start: Start, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], forge: str
) -> None:
    monkeypatch.setenv(TOKEN_OF[forge], f" {TOKEN}\n")
    fake = start(behaving(forge, {PATHS[forge]: acme(forge)}))
    fake.first = [reply({"message": TOKEN}, 500)]
    assert listed(f"{forge}:{fake.url}/acme") == ["bot", "bot-2", "tax"]
    name, value = CARRIED[forge]
    assert {asked.headers.get(name.lower()) for asked in fake.asked} == {value}
    assert not any(TOKEN in asked.path + str(asked.query) for asked in fake.asked)
    assert TOKEN not in "".join(capfd.readouterr())


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize("way", ["redirection", "next page"])
def test_no_other_server_is_asked_or_gets_the_token(
    start: Start, monkeypatch: pytest.MonkeyPatch, forge: str, way: str
) -> None:
    monkeypatch.setenv(TOKEN_OF[forge], TOKEN)
    other = start(behaving(forge, {PATHS[forge]: acme(forge)}))

    def answer(fake: Fake, asked: Asked) -> Reply:
        away = f"{other.url}{asked.path}"
        if way == "redirection":
            return Reply(302, {"Location": away}, b"")
        return reply([] if forge == "gitea" else acme(forge), Link=f'<{away}>; rel="next"')

    fake = start(answer)
    if (forge, way) == ("gitea", "next page"):  # which follows no links
        assert "no repository" in refused(f"{forge}:{fake.url}/acme", NothingScanned)
    else:
        assert "another server, http://127.0.0.1, which is not asked" in refused(f"{forge}:{fake.url}/acme")
    assert other.asked == []


def test_an_organisation_that_was_renamed_is_followed(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    fake = start(behaving("github", {"organizations/7/repos": acme("github")}))
    fake.first = [Reply(301, {"Location": f"{fake.url}/api/v3/organizations/7/repos"}, b"")]
    assert listed(f"github:{fake.url}/acme") == ["bot", "bot-2", "tax"]
    assert {asked.headers["authorization"] for asked in fake.asked} == {f"Bearer {TOKEN}"}


def test_a_token_is_for_the_server_that_is_named(
    start: Start, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    one, two = (start(behaving("gitlab", {PATHS["gitlab"]: acme("gitlab")})) for _ in range(2))
    both = [f"gitlab:{fake.url}/acme" for fake in (one, two)]

    def who_got_it() -> list[bool]:
        one.asked, two.asked = [], []
        targets(both, file=None, archived=False, forks=False)
        return ["private-token" in fake.asked[0].headers for fake in (one, two)]

    assert who_got_it() == [False, False]
    assert f"GITLAB_TOKEN is not sent to {two.url}; GITLAB_HOST says which" in capfd.readouterr().err
    monkeypatch.setenv("GITLAB_HOST", two.url)
    assert who_got_it() == [False, True]
    monkeypatch.setenv("GITLAB_HOST", one.url.removeprefix("http://"))
    assert who_got_it() == [True, False]


def test_a_token_is_not_sent_where_everybody_could_read_it(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from keylint.sweep.organisations import _token

    github = load("keylint.sweep.forges", "github", "FORGE")
    assert isinstance(github, Forge)
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    assert _token(github, "http://git.example.org", {"http://git.example.org"}) is None
    assert "everybody on the way could read it" in capfd.readouterr().err
    token = _token(github, "https://github.com", {"https://github.com", "https://git.example.org"})
    assert token is not None
    assert token.headers == {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize("token", ["two words", "line\nfeed", "naïve"])
def test_what_is_no_token_is_said_and_not_shown(start: Start, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("GH_TOKEN", token)
    told = refused(f"github:{start(behaving('github', {})).url}/acme", UsageError)
    assert told == "GH_TOKEN: expected a token, found characters that none has"


# TLS.


def test_a_certificate_must_be_trusted(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*made.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    fake = start(behaving("github", {PATHS["github"]: acme("github")}), context)
    assert "its certificate is not trusted" in refused(f"github:{fake.url}/acme")
    assert waits == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert listed(f"github:{fake.url}/acme") == ["bot", "bot-2", "tax"]


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "httpx", None)
    assert refused("github:acme", UsageError).endswith("pip install 'keylint[sweep]'")
