"""What a sweep takes: paths, patterns, folders of clones, URLs and files of targets; what names nothing is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import ROOT, git, write
from hypothesis import given
from hypothesis import strategies as st

from keylint.errors import ConfigError, KeylintError, NothingScanned, UsageError
from keylint.policy.placeholders import expand
from keylint.policy.schema import schemas
from keylint.policy.source_map import read
from keylint.policy.targets_file import FORGES, read_targets
from keylint.registry import names
from keylint.sweep import targets as module
from keylint.sweep.target import Target
from keylint.sweep.targets import targets
from keylint.sweep.urls import masked, url_of

FILE = "targets.yaml"


def found(*arguments: str, file: str | None = None) -> list[Target]:
    return targets(arguments, file=file, archived=False, forks=False)


def brief(*arguments: str, file: str | None = None) -> list[str]:
    return [target.name for target in found(*arguments, file=file)]


@pytest.fixture
def clones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders with clones of every kind, and much that is none; one is in the folder above them."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "clones"
    for name in ("acme/bot", "acme/tax", "deep/er/still/one"):
        (folder / name).mkdir(parents=True)
        git(folder / name, "init", "-q")
    git(folder, "init", "-q", "--bare", "acme/bare.git")
    (folder / "acme" / "bot" / "inside").mkdir()
    git(folder / "acme" / "bot" / "inside", "init", "-q")
    write(folder, {"notes/readme.txt": "none", "file": "", "acme/objects/x": ""})
    return folder


ALL = ["clones/acme/bare.git", "clones/acme/bot", "clones/acme/tax", "clones/deep/er/still/one"]


# Nothing to take.


@pytest.mark.parametrize(
    ("argument", "kind", "said"),
    [
        pytest.param("gone", NothingScanned, "gone: no such folder, and no URL or FORGE:ORGANISATION", id="missing"),
        pytest.param("clones/notes", NothingScanned, "clones/notes: no repository in this folder", id="no repository"),
        pytest.param("clones/acme/bot/inside/..", None, "", id="dots"),
        pytest.param("clones/file", NothingScanned, "expected a folder with a repository, found a file", id="file"),
        pytest.param("nothing/*", NothingScanned, "no repository in the 0 folders", id="pattern of nothing"),
        pytest.param("clones/n*", NothingScanned, "no repository in the 1 folders", id="pattern of no repository"),
        pytest.param("clones/**", UsageError, "a folder is searched at any depth", id="endless pattern"),
        pytest.param("ext::sh -c true", UsageError, "found 'ext'", id="a transport that runs commands"),
        pytest.param("ftp://example.org/a", UsageError, "found 'ftp'", id="another scheme"),
        pytest.param("https://example.org/", UsageError, "found no path", id="no path"),
        pytest.param("https:///a/b", UsageError, "expected a URL with a host", id="no host"),
        pytest.param("https://example.org/a?token=b", UsageError, "found one with a query", id="query"),
        pytest.param("https://example.org/a b", UsageError, "found a space", id="space"),
        pytest.param("https://example.org/a\n", UsageError, "control character", id="line feed"),
        pytest.param("file:///a%00b", UsageError, "control character", id="zero"),
        pytest.param("https://al:pa/ss@example.org/a", UsageError, "https://…: no URL", id="unwritable password"),
        pytest.param("file://example.org/a", UsageError, "expected file:///PATH", id="another machine's file"),
        pytest.param("ssh://-oProxyCommand=x/a", UsageError, "begins with '-'", id="option for a host"),
        pytest.param("-oProxyCommand=x:a", UsageError, "begins with '-'", id="option before a colon"),
        pytest.param("-x@example.org:a", UsageError, "begins with '-'", id="option for a user"),
        pytest.param("example.org:-x", UsageError, "begins with '-'", id="option for a path"),
        pytest.param("github:", UsageError, "expected the name of an organisation", id="no organisation"),
        pytest.param("github:..", UsageError, "expected the name of an organisation", id="dots for one"),
        pytest.param("github:a b", UsageError, "expected the name of an organisation", id="space in one"),
        pytest.param("github:acme/bot", UsageError, "give a repository by its URL", id="a repository of one"),
        pytest.param("gitea:acme", UsageError, "gitea:https://SERVER/acme", id="no server"),
        pytest.param("gitlab:https://a@git.example.org/b", UsageError, "found another URL", id="a user at a server"),
        pytest.param("gitlab:ftp://git.example.org/b", UsageError, "found another URL", id="another scheme of one"),
    ],
)
def test_what_names_nothing_is_said(clones: Path, argument: str, kind: type[KeylintError] | None, said: str) -> None:
    if kind is None:
        assert brief(argument) == ["clones/acme/bot"]
        return
    with pytest.raises(KeylintError) as error:
        found(argument)
    assert type(error.value) is kind
    assert said in str(error.value)
    assert "pa/ss" not in str(error.value)


def test_everything_that_names_nothing_is_said_at_once(clones: Path) -> None:
    with pytest.raises(NothingScanned) as nothing:
        found("gone", "clones/acme", "clones/file")
    assert [line.partition(":")[0] for line in str(nothing.value).splitlines()] == ["gone", "clones/file"]
    with pytest.raises(UsageError) as usage:
        found("gone", "ftp://example.org/a")
    assert [line.partition(":")[0] for line in str(usage.value).splitlines()] == ["gone", "ftp"]


def test_a_folder_in_a_repository_is_said_to_be_in_one(clones: Path) -> None:
    (clones / "acme/tax/src").mkdir()
    with pytest.raises(NothingScanned, match=r"it lies in the repository .*clones/acme/tax$"):
        found("clones/acme/tax/src")


def test_no_more_folders_than_a_disk_has_are_walked(clones: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_FOLDERS", 4)
    with pytest.raises(UsageError, match="clones: holds more than 4 folders"):
        found("clones")


# Paths.


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["clones/acme/bot"], ALL[1:2], id="work tree"),
        pytest.param(["clones/acme/bare.git"], ALL[:1], id="bare"),
        pytest.param(["clones"], ALL, id="folder of clones"),
        pytest.param(["./clones//acme/"], ALL[:3], id="untidy path"),
        pytest.param(["clones/*"], ALL, id="pattern of folders of clones"),
        pytest.param(["clones/acme/b*"], ALL[:2], id="pattern of clones"),
        pytest.param(["clones", "clones/acme/bot", "./clones/acme/b*"], ALL, id="named several times"),
        pytest.param(["clones/deep", "clones/acme/tax"], [ALL[2], ALL[3]], id="by name"),
    ],
)
def test_paths(clones: Path, arguments: list[str], expected: list[str]) -> None:
    assert found(*arguments) == [Target(name, os.path.realpath(name)) for name in expected]


def test_the_current_folder(clones: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clones / "acme" / "bot")
    assert found(".") == [Target(".", os.path.realpath("."))]
    monkeypatch.chdir(clones)
    assert brief(".") == [name.removeprefix("clones/") for name in ALL]


def test_a_folder_is_taken_as_it_is_called_even_if_it_looks_like_a_pattern(clones: Path) -> None:
    (clones / "acme/bot").rename(clones / "[b]")
    assert brief("clones/[b]") == ["clones/[b]"]


def test_a_link_to_a_repository_is_one_and_other_links_lead_nowhere(clones: Path) -> None:
    (clones / "links").mkdir()
    (clones / "links/bot").symlink_to(clones / "acme/bot")
    (clones / "links/all").symlink_to(clones)
    (clones / "links/self").symlink_to(clones / "links/self")
    assert found("clones/links") == [Target("clones/links/bot", str(clones.resolve() / "acme/bot"))]
    assert len(found("clones/links", "clones/acme/bot")) == 1


def test_a_linked_work_tree_is_one_of_its_own(clones: Path) -> None:
    bot = clones / "acme/bot"
    git(bot, "commit", "-q", "--allow-empty", "-m", "x")
    git(bot, "worktree", "add", "-q", "../other")
    assert brief("clones/acme/other", "clones/acme/bot") == ["clones/acme/bot", "clones/acme/other"]


def test_a_folder_that_cannot_be_listed_is_not_left_out(clones: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refusing(path: str) -> object:
        if path.endswith("notes"):
            raise PermissionError
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert brief("clones") == [*ALL, "clones/notes"]


def test_a_key_in_a_name_is_not_shown(clones: Path) -> None:
    key = expand("{{key:name}}")
    (clones / "acme/bot").rename(clones / key)
    (name,) = brief(f"clones/{key}")
    assert name == f"clones/{key[:4]}…{key[-2:]}"


# URLs.


@pytest.mark.parametrize(
    ("url", "name"),
    [
        pytest.param("https://git.example.org/acme/bot.git", "git.example.org/acme/bot", id="https"),
        pytest.param("https://git.example.org/acme/bot/", "git.example.org/acme/bot", id="slash"),
        pytest.param("HTTPS://Git.Example.org:443/acme/bot", "git.example.org/acme/bot", id="capitals and port"),
        pytest.param("https://al:pass@git.example.org/acme/bot", "git.example.org/acme/bot", id="password"),
        pytest.param("http://git.example.org:8080/acme/bot", "git.example.org:8080/acme/bot", id="another port"),
        pytest.param("ssh://git@git.example.org/acme/bot", "git.example.org/acme/bot", id="ssh"),
        pytest.param("git@git.example.org:acme/bot.git", "git.example.org/acme/bot", id="as scp"),
        pytest.param("work:acme/bot", "work/acme/bot", id="name of ssh's configuration"),
        pytest.param("git://git.example.org/bot", "git.example.org/bot", id="git"),
        pytest.param("https://[2001:db8::1]/bot", "[2001:db8::1]/bot", id="address"),
        pytest.param("git@[2001:db8::1]:bot", "[2001:db8::1]/bot", id="address as scp"),
        pytest.param("file:///srv/git/bot.git", "/srv/git/bot.git", id="file"),
        pytest.param("file:///srv/my%20git/bot", "/srv/my git/bot", id="file with a space"),
        pytest.param("file://localhost/srv/git/bot.git/", "/srv/git/bot.git", id="file of this machine"),
    ],
)
def test_a_url_is_taken_as_it_is_and_named_after_where_it_leads(tmp_path: Path, url: str, name: str) -> None:
    assert found(url) == [Target(name, url)]


def test_one_repository_however_it_is_reached_is_taken_once() -> None:
    urls = (
        "https://git.example.org/acme/bot.git",
        "git@git.example.org:acme/bot",
        "https://a:b@git.example.org/acme/bot",
    )
    assert found(*urls) == [Target("git.example.org/acme/bot", urls[0])]


def test_a_file_url_and_its_folder_are_one(clones: Path) -> None:
    assert brief(f"file://{clones}/acme/bot", "clones/acme/bot") == [f"{clones}/acme/bot"]


def test_two_that_are_called_alike_get_names_of_their_own(clones: Path) -> None:
    folder = Path("git.example.org/acme")
    folder.mkdir(parents=True)
    (clones / "acme/bot").rename(folder / "bot")
    url = "https://al:secret@git.example.org/acme/bot"
    assert brief("git.example.org", url) == ["git.example.org/acme/bot", "https://…@git.example.org/acme/bot"]


@pytest.mark.parametrize("text", ["a", "/srv/a", "./a:b", "a/b:c", "~/a", "a::", ":a", "a@:b"])
def test_what_is_no_url_is_none(text: str) -> None:
    if text == "a::":
        with pytest.raises(UsageError):
            url_of(text)
    else:
        assert url_of(text) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fatal: 'https://al:p@ss@h.org/a' not found", "fatal: 'https://…@h.org/a' not found"),
        ("https://token@h.org/a", "https://…@h.org/a"),
        ("ssh://git@h.org/a ssh://git:pass@h.org/b", "ssh://git@h.org/a ssh://…@h.org/b"),
        ("git@h.org:a https://h.org/@acme/b", "git@h.org:a https://h.org/@acme/b"),
    ],
)
def test_no_text_names_who_asks(text: str, shown: str) -> None:
    assert masked(text) == shown


@given(
    user=st.text("abcXYZ019._-%", min_size=1, max_size=10),
    password=st.text("abcXYZ019._~!$&'()*+,;=%@:-", min_size=6, max_size=30),
    scheme=st.sampled_from(["https", "http", "ssh", "git"]),
)
def test_no_password_is_ever_shown(user: str, password: str, scheme: str) -> None:
    url = f"{scheme}://{user}:{password}@git.example.org/acme/bot"
    told = masked(url)
    assert told == f"{scheme}://…@git.example.org/acme/bot"
    try:
        told = "".join(brief(url))
    except UsageError as error:
        told = str(error)
    assert password not in told


# The file of targets.


@pytest.fixture
def ops(clones: Path) -> Path:
    """A folder for the file of targets, beside the clones."""
    write(clones.parent, {"ops/strict.yaml": "version: 1\n", "ops/lax.yaml": "version: 1\n"})
    return clones.parent / "ops"


def test_a_file_gives_owners_tags_and_configurations(ops: Path) -> None:
    write(
        ops,
        {
            FILE: """\
version: 1
policies: {payments: strict.yaml, bots: lax.yaml}
targets:
  - {path: ../clones/acme/*, owner: "@team", tags: [payments]}
  - {url: https://git.example.org/acme/bot.git, owner: "@alice", tags: [bots, payments]}
  - {path: ../clones/acme/bot, owner: "@bob", tags: [bots]}
  - {path: ../clones/acme/tax, tags: [payments, other]}
  - {path: ../clones/deep}
"""
        },
    )
    real = str(ops.resolve().parent / "clones") + "/"
    strict, lax = (str(ops / name) for name in ("strict.yaml", "lax.yaml"))
    expected = [
        Target(ALL[0], real + "acme/bare.git", "@team", ("payments",), strict),
        Target(ALL[1], real + "acme/bot", "@bob", ("payments", "bots"), lax),
        Target(ALL[2], real + "acme/tax", "@team", ("payments", "other"), strict),
        Target(ALL[3], real + "deep/er/still/one"),
        Target("git.example.org/acme/bot", "https://git.example.org/acme/bot.git", "@alice", ("bots", "payments"), lax),
    ]
    assert found(file="ops/targets.yaml") == expected
    assert found("clones/deep", file="ops/targets.yaml") == expected


def test_what_a_path_of_the_file_starts_from_is_no_pattern(ops: Path) -> None:
    ops.rename(ops.parent / "[o]")
    write(ops.parent, {"[o]/targets.yaml": "version: 1\ntargets: [{path: ../clones/a*}]\n"})
    assert brief(file="[o]/targets.yaml") == ALL[:3]


def test_home_is_where_a_tilde_leads(ops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(ops.parent))
    write(ops, {FILE: "version: 1\ntargets: [{path: ~/clones/deep}]\n"})
    assert found(file="ops/targets.yaml") == [Target(str(ops.parent / ALL[3]), str((ops.parent / ALL[3]).resolve()))]


def test_what_a_file_names_in_vain_is_said_with_its_place(ops: Path) -> None:
    write(ops, {FILE: "version: 1\ntargets:\n  - {path: gone}\n  - {path: ../clones}\n  - {url: just/a/path}\n"})
    with pytest.raises(UsageError) as error:
        found(file="ops/targets.yaml")
    assert str(error.value).splitlines() == [
        "ops/targets.yaml:3:6: gone: no such folder, and no URL or FORGE:ORGANISATION (gitea, github, gitlab)",
        "ops/targets.yaml:5:6: just/a/path: expected a URL; 'path' is for folders",
    ]


def test_every_mistake_of_a_file_is_said_at_its_place(ops: Path) -> None:
    write(
        ops,
        {
            FILE: """\
version: 2
policies: {payment: strict.yaml, payments: gone.yaml}
polices: {}
targets:
  - {path: a, url: b}
  - {tags: [payments]}
  - {path: a, tags: [Not Kebab], match: "x"}
  - {url: [a], forks: true}
  - {github: acme, archived: "no", match: [], ownr: "@a"}
  - github
  - {path: a, path: b}
"""
        },
    )
    with pytest.raises(ConfigError) as error:
        found("gone", file="ops/targets.yaml")
    assert str(error.value).splitlines() == [
        f"ops/targets.yaml:{line}"
        for line in (
            "1:1: expected 1, found the number 2",
            "2:12: unknown tag 'payment'; did you mean 'payments'?",
            "3:1: unknown key 'polices'; did you mean 'policies'?",
            "5:5: expected one of path, url, gitea, github, gitlab, found 'path' and 'url'",
            "6:5: expected one of path, url, gitea, github, gitlab, found none",
            "7:22: expected a name in kebab-case such as stale-key, found 'Not Kebab'",
            "7:34: 'match' is for gitea, github, gitlab; 'path' takes what is there",
            "8:6: expected a text, found a list",
            "8:16: 'forks' is for gitea, github, gitlab; 'url' takes what is there",
            "9:20: expected true or false, found 'no'",
            "9:36: expected at least 1 entry",
            "9:47: unknown key 'ownr'; did you mean 'owner'?",
            "10:5: expected a mapping with path, url, gitea, github, gitlab, archived, forks, match, owner, tags, found 'github'",
            "11:15: key 'path' is written twice",
        )
    ]


def test_a_configuration_that_is_not_there_is_said_at_its_place(ops: Path) -> None:
    write(ops, {FILE: "version: 1\npolicies: {a: gone.yaml}\ntargets: [{path: ../clones, tags: [a]}]\n"})
    with pytest.raises(ConfigError, match=r"^ops/targets.yaml:2:12: no such file: gone.yaml$"):
        found(file="ops/targets.yaml")


@pytest.mark.parametrize("text", ["", "[]", "version: 1", "targets: [{path: a}]", "version: 1\ntargets: []"])
def test_a_file_that_says_too_little_is_refused(ops: Path, text: str) -> None:
    write(ops, {FILE: text})
    with pytest.raises(ConfigError, match=r"^ops/targets.yaml:\d+:\d+: "):
        found(file="ops/targets.yaml")


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(ConfigError, match="no such file"):
        found(file="nowhere/targets.yaml")


SCHEMA_CASES = [
    ("path", "{path: a}", True),
    ("url", "{url: a, owner: b, tags: [c]}", True),
    ("forge", "{github: acme, archived: true, forks: false, match: 'bot-*'}", True),
    ("patterns", "{gitlab: a/b, match: ['*', '!old-*']}", True),
    ("two places", "{path: a, github: b}", False),
    ("no place", "{owner: a}", False),
    ("unknown key", "{path: a, owners: b}", False),
    ("wrong type", "{path: 1}", False),
    ("no pattern", "{github: a, match: []}", False),
]


@pytest.mark.parametrize(("entry", "well"), [pytest.param(*row[1:], id=row[0]) for row in SCHEMA_CASES])
def test_the_schema_and_the_tool_are_of_one_mind(entry: str, well: bool) -> None:
    from jsonschema import Draft202012Validator

    source = read(f"version: 1\ntargets: [{entry}]\n", FILE)
    valid = Draft202012Validator(schemas()["targets"]).is_valid(source.value)
    assert (valid, bool(read_targets(source).entries)) == (well, well)


def test_the_file_that_is_described_is_one() -> None:
    page = (ROOT / "docs" / "sweep.md").read_text(encoding="utf-8")
    text = page.partition("`targets.yaml`:\n\n```yaml\n")[2].partition("```")[0]
    source = read(text, FILE)
    told = read_targets(source)
    assert (source.problems, [entry.place for entry in told.entries]) == ([], ["path", "url", "github"])


def test_every_forge_can_be_named() -> None:
    assert names("keylint.sweep.forges") == FORGES
