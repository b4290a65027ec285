"""What git holds: the index, ranges, the whole history and pushes, in real repositories; silent cases first."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Result, Run, git, write

from keylint.policy.placeholders import expand

KEY = 'API_KEY = "{{key:git}}"\n'
CLEAN = 'import os\nAPI_KEY = os.environ["API_KEY"]\n'
ZERO = "0" * 40
Brief = list[tuple[str, str, str | None]]


@pytest.fixture
def inside(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository that one is in."""
    monkeypatch.chdir(repository)
    return repository


def commit(folder: Path, files: dict[str, str | bytes], message: str = "change") -> str:
    """Make exactly these files the next commit, and return its id."""
    for name in git(folder, "ls-files", "-z").split("\0")[:-1]:
        (folder / name).unlink(missing_ok=True)
    write(folder, files)
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "--allow-empty", "-m", expand(message))
    return git(folder, "rev-parse", "HEAD").strip()


def scan(keylint: Run, *arguments: str) -> Result:
    return keylint("scan", *arguments, "--format", "json")


def brief(result: Result) -> Brief:
    """Rule, path and first commit of every finding."""
    return [(one["rule"], one["path"], one["commit"] and one["commit"]["id"]) for one in result.report["findings"]]


def pushing(
    keylint: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *lines: str, options: tuple[str, ...] = ()
) -> Result:
    """Run keylint as git runs its hook."""
    (tmp_path / "lines").write_text("".join(f"{line}\n" for line in lines))
    with (tmp_path / "lines").open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        return scan(keylint, "--pre-push", *options)


# Nothing to find.


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--staged"], "nothing is staged", id="staged"),
        pytest.param(["--range", "HEAD..HEAD"], "no commit in HEAD..HEAD", id="range"),
        pytest.param(["--range", f"HEAD..{ZERO}"], "no commit in", id="a branch that is gone"),
    ],
)
def test_nothing_to_judge_is_clean_and_said(keylint: Run, inside: Path, arguments: list[str], said: str) -> None:
    commit(inside, {"bot.py": KEY})
    result = scan(keylint, *arguments)
    assert (result.code, brief(result), result.report["scanned"]["commits"]) == (0, [], 0)
    assert said in result.err


def test_an_empty_repository_is_clean_and_said(keylint: Run, inside: Path) -> None:
    result = scan(keylint, "--history")
    assert (result.code, brief(result)) == (0, [])
    assert "holds nothing yet" in result.err


def test_a_clean_history(keylint: Run, inside: Path) -> None:
    commit(inside, {"bot.py": CLEAN})
    commit(inside, {"bot.py": CLEAN, "b.py": "import sys\n"})
    result = scan(keylint, "--history")
    assert (result.code, brief(result)) == (0, [])
    assert result.report["scanned"] == {"files": 2, "bytes": 53, "commits": 2, "skipped": []}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--staged", "--history"], "exclude each other", id="two sources"),
        pytest.param(["--history", "."], "exclude each other", id="a path"),
        pytest.param(["--range", "HEAD"], "BASE..HEAD", id="no range"),
        pytest.param(["--range", "..HEAD"], "BASE..HEAD", id="no base, as of an empty variable"),
        pytest.param(["--range", "HEAD.."], "BASE..HEAD", id="no head"),
        pytest.param(["--range", "nowhere..HEAD"], "no commit 'nowhere'", id="an unknown base"),
        pytest.param(["--range", "HEAD..--all"], "no commit '--all'", id="an option"),
        pytest.param(["--range", "HEAD^{tree}..HEAD"], "no commit", id="a tree"),
        pytest.param(["--unreachable"], "--history only", id="unreachable"),
        pytest.param(["--staged", "--unreachable"], "--history only", id="unreachable and staged"),
        pytest.param(["--remote", "origin"], "--pre-push only", id="remote"),
        pytest.param(["--history", "--remote", "origin"], "--pre-push only", id="remote and history"),
    ],
)
def test_what_cannot_be_asked(keylint: Run, inside: Path, arguments: list[str], said: str) -> None:
    commit(inside, {"bot.py": CLEAN})
    result = keylint("scan", *arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


@pytest.mark.parametrize("source", ["--staged", "--history"])
def test_no_repository(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    monkeypatch.chdir(tmp_path)
    result = keylint("scan", source)
    assert (result.code, result.out) == (2, "")
    assert "no git repository" in result.err


# Staged.


def test_the_index_counts_not_the_file(keylint: Run, inside: Path) -> None:
    commit(inside, {"bot.py": CLEAN})
    write(inside, {"bot.py": KEY})
    assert scan(keylint, "--staged").code == 0
    git(inside, "add", ".")
    write(inside, {"bot.py": CLEAN})
    result = scan(keylint, "--staged")
    assert (result.code, brief(result)) == (1, [("hardcoded-api-key", "bot.py", None)])
    assert result.report["scanned"]["files"] == 1


def test_the_first_commit_is_staged_too(keylint: Run, inside: Path) -> None:
    write(inside, {"src/bot.py": KEY})
    git(inside, "add", ".")
    assert brief(scan(keylint, "--staged")) == [("hardcoded-api-key", "src/bot.py", None)]


def test_from_a_folder_the_whole_index_is_judged(keylint: Run, inside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(inside, {"bot.py": KEY, "src/a.py": CLEAN})
    git(inside, "add", ".")
    monkeypatch.chdir(inside / "src")
    assert brief(scan(keylint, "--staged")) == [("hardcoded-api-key", "bot.py", None)]


def test_what_was_committed_before_is_not_staged(keylint: Run, inside: Path) -> None:
    commit(inside, {"bot.py": KEY})
    write(inside, {"new.py": CLEAN})
    git(inside, "add", ".")
    result = scan(keylint, "--staged")
    assert (brief(result), result.report["scanned"]["files"]) == ([], 1)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda folder: git(folder, "mv", "bot.py", "moved.py"), id="renamed"),
        pytest.param(lambda folder: git(folder, "update-index", "--chmod=+x", "bot.py"), id="made executable"),
    ],
)
def test_a_file_renamed_or_with_another_mode_is_judged(
    keylint: Run, inside: Path, change: Callable[[Path], str]
) -> None:
    commit(inside, {"bot.py": KEY})
    change(inside)
    assert [rule for rule, _, _ in brief(scan(keylint, "--staged"))] == ["hardcoded-api-key"]


def test_a_deleted_file_and_an_intent_to_add_are_not_staged(keylint: Run, inside: Path) -> None:
    commit(inside, {"bot.py": KEY, "a.py": CLEAN})
    git(inside, "rm", "-q", "bot.py")
    write(inside, {"later.py": KEY})
    git(inside, "add", "-N", "later.py")
    assert scan(keylint, "--staged").code == 0


def test_both_sides_of_a_conflict_are_judged(keylint: Run, inside: Path) -> None:
    commit(inside, {"bot.py": CLEAN})
    git(inside, "checkout", "-qb", "other")
    commit(inside, {"bot.py": KEY})
    git(inside, "checkout", "-q", "main")
    commit(inside, {"bot.py": "import sys\n"})
    with pytest.raises(Exception, match="merge"):
        git(inside, "merge", "-q", "other")
    assert brief(scan(keylint, "--staged")) == [("hardcoded-api-key", "bot.py", None)]


def test_links_and_submodules_are_counted(keylint: Run, inside: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    commit(other, {"bot.py": KEY})
    git(inside, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "module")
    (inside / "link").symlink_to("module")
    git(inside, "add", ".")
    skipped = scan(keylint, "--staged").report["scanned"]["skipped"]
    assert {skip["path"]: skip["reason"] for skip in skipped} == {"link": "symlink", "module": "excluded"}


@pytest.mark.parametrize("arguments", [["-a"], ["--", "bot.py"]], ids=["commit -a", "commit -- path"])
def test_the_index_that_git_means_for_this_commit(inside: Path, arguments: list[str]) -> None:
    commit(inside, {"bot.py": CLEAN})
    hook = inside / ".git" / "hooks" / "pre-commit"
    hook.write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m keylint scan --staged --quiet >"{inside}/../told"\n'
    )
    hook.chmod(0o755)
    write(inside, {"bot.py": KEY})
    with pytest.raises(Exception, match="commit"):
        git(inside, "commit", "-qm", "key", *arguments)
    assert "bot.py:1:12: critical hardcoded-api-key" in (inside / ".." / "told").read_text()


# Ranges.


def test_what_came_and_went_in_a_range_is_found(keylint: Run, inside: Path) -> None:
    first = commit(inside, {"bot.py": CLEAN})
    second = commit(inside, {"bot.py": KEY})
    commit(inside, {"bot.py": CLEAN})
    result = scan(keylint, "--range", f"{first}..HEAD")
    assert (result.code, brief(result)) == (1, [("key-in-history", "bot.py", second)])
    assert result.report["scanned"]["commits"] == 2
    assert result.report["findings"][0]["commit"] == {
        "id": second,
        "author": "Alice <alice@example.org>",
        "date": result.report["findings"][0]["commit"]["date"],
        "first_seen": True,
    }


def test_what_came_in_a_range_and_stays(keylint: Run, inside: Path) -> None:
    commit(inside, {"bot.py": CLEAN})
    second = commit(inside, {"bot.py": KEY})
    commit(inside, {"bot.py": "# moved\n" + KEY})
    result = scan(keylint, "--range", "HEAD~2..HEAD")
    assert brief(result) == [("hardcoded-api-key", "bot.py", second)]
    assert result.report["findings"][0]["line"] == 2


def test_a_file_that_held_it_before_is_not_the_first(keylint: Run, inside: Path) -> None:
    commit(inside, {"bot.py": KEY})
    second = commit(inside, {"bot.py": "import os\n" + KEY})
    result = scan(keylint, "--range", "HEAD~1...HEAD")
    assert brief(result) == [("hardcoded-api-key", "bot.py", second)]
    assert result.report["findings"][0]["commit"]["first_seen"] is False


def test_zeros_are_no_base(keylint: Run, inside: Path) -> None:
    first = commit(inside, {"bot.py": KEY})
    assert brief(scan(keylint, "--range", f"{ZERO}..HEAD")) == [("hardcoded-api-key", "bot.py", first)]


# The whole history.


def test_one_finding_for_a_secret_however_often_it_was_committed(keylint: Run, inside: Path) -> None:
    first = commit(inside, {"a.py": KEY})
    commit(inside, {"a.py": KEY + "import os\n"})
    third = commit(inside, {"b.py": KEY + "import os\n"})
    (finding,) = scan(keylint, "--history").report["findings"]
    assert (finding["rule"], finding["path"], finding["commit"]["id"]) == ("hardcoded-api-key", "b.py", first)
    places = {(place["path"], place["line"], place["commit"]) for place in finding["occurrences"]}
    assert places == {("a.py", 1, first), ("b.py", 1, third)}


def test_what_is_gone_is_told_at_the_commit_that_first_held_it(keylint: Run, inside: Path) -> None:
    first = commit(inside, {"a.py": "import os\n" + KEY})
    commit(inside, {"a.py": CLEAN})
    again = commit(inside, {"a.py": KEY})
    commit(inside, {"a.py": CLEAN})
    (finding,) = scan(keylint, "--history").report["findings"]
    assert (finding["rule"], finding["path"], finding["line"]) == ("key-in-history", "a.py", 2)
    assert (finding["commit"]["id"], finding["facts"]["removed"]) == (first, True)
    assert [(place["path"], place["line"], place["commit"]) for place in finding["occurrences"]] == [("a.py", 1, again)]


def test_fingerprints_are_the_same_in_every_mode(keylint: Run, inside: Path) -> None:
    write(inside, {"src/bot.py": KEY})
    git(inside, "add", ".")
    modes = [scan(keylint, "."), scan(keylint, "--staged")]
    git(inside, "commit", "-qm", "key")
    modes += [scan(keylint, "--history"), scan(keylint, "--range", f"{ZERO}..HEAD")]
    found = [
        [(one["rule"], one["path"], one["line"], one["fingerprint"]) for one in mode.report["findings"]]
        for mode in modes
    ]
    assert found == [found[0]] * 4
    assert len(found[0]) == 1


def other_branch(folder: Path) -> None:
    git(folder, "checkout", "-qb", "other")
    commit(folder, {"bot.py": KEY})
    git(folder, "checkout", "-q", "main")


def evil_merge(folder: Path) -> None:
    git(folder, "checkout", "-qb", "other")
    commit(folder, {"b.py": "b = 1\n", "base.py": CLEAN})
    git(folder, "checkout", "-q", "main")
    commit(folder, {"c.py": "c = 1\n", "base.py": CLEAN})
    git(folder, "merge", "-q", "--no-commit", "other")
    write(folder, {"evil.py": KEY})
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "merge")


def tagged_blob(folder: Path) -> None:
    write(folder, {"blob": KEY})
    blob = git(folder, "hash-object", "-w", "blob").strip()
    (folder / "blob").unlink()
    git(folder, "tag", "-a", "-m", "a blob", "outer", blob)
    git(folder, "tag", "-a", "-m", "a tag", "outermost", "outer")
    git(folder, "tag", "-d", "outer")


def stashes(folder: Path) -> None:
    write(folder, {"base.py": KEY})
    git(folder, "stash", "-q")
    write(folder, {"base.py": "import sys\n"})
    git(folder, "stash", "-q")


def untracked_stash(folder: Path) -> None:
    write(folder, {"new.py": KEY})
    git(folder, "stash", "-q", "--include-untracked")


def staged_only(folder: Path) -> None:
    write(folder, {"bot.py": KEY})
    git(folder, "add", ".")
    (folder / "bot.py").unlink()


def utf_16(folder: Path) -> None:
    commit(folder, {"Script.ps1": expand(KEY).encode("utf-16")})


def in_pieces(folder: Path) -> None:
    key = expand("{{key:git}}")
    commit(folder, {"bot.py": f'BINANCE_API_KEY = "{key[:30]}" + "{key[30:]}"\n'})
    commit(folder, {})


@pytest.mark.parametrize(
    ("hide", "rule", "path"),
    [
        pytest.param(lambda folder: commit(folder, {"bot.py": KEY}) and commit(folder, {}), "key-in-history", "bot.py", id="added and removed"),
        pytest.param(other_branch, "hardcoded-api-key", "bot.py", id="another branch"),
        pytest.param(evil_merge, "hardcoded-api-key", "evil.py", id="an evil merge"),
        pytest.param(lambda folder: commit(folder, {}, "Binance api_key={{key:git}}"), "key-in-history", ".git/commit-message", id="a commit's message"),
        pytest.param(lambda folder: git(folder, "tag", "-a", "-m", expand("Binance api_key={{key:git}}"), "v1"), "key-in-history", ".git/tag-message/v1", id="a tag's message"),
        pytest.param(lambda folder: git(folder, "notes", "add", "-m", expand("Binance api_key={{key:git}}")), "key-in-history", ".git/notes/HEAD", id="a note"),
        pytest.param(stashes, "key-in-history", "base.py", id="an older stash"),
        pytest.param(untracked_stash, "key-in-history", "new.py", id="an untracked file in a stash"),
        pytest.param(staged_only, "hardcoded-api-key", "bot.py", id="the index alone"),
        pytest.param(utf_16, "hardcoded-api-key", "Script.ps1", id="UTF-16"),
        pytest.param(in_pieces, "key-in-history", "bot.py", id="two pieces, and removed"),
        pytest.param(tagged_blob, "key-in-history", ".git/refs/tags/outermost", id="a tag on a tag on a blob"),
    ],
)  # fmt: skip
def test_odd_corners(keylint: Run, inside: Path, hide: Callable[[Path], Any], rule: str, path: str) -> None:
    head = commit(inside, {"base.py": CLEAN})
    hide(inside)
    result = scan(keylint, "--history")
    assert result.code == 1
    assert [found[:2] for found in brief(result)] == [(rule, path.replace("HEAD", head))]


def test_what_nothing_leads_to_is_found_on_request(keylint: Run, inside: Path) -> None:
    commit(inside, {"base.py": CLEAN})
    dropped = commit(inside, {"bot.py": KEY})
    git(inside, "reset", "-q", "--hard", "HEAD~1")
    write(inside, {"blob": 'API_SECRET = "{{secret:git}}"\n# binance\n'})
    blob = git(inside, "hash-object", "-w", "blob").strip()
    (inside / "blob").unlink()
    assert scan(keylint, "--history").code == 0
    expected = [("key-in-history", f".git/objects/{blob}", None), ("key-in-history", "bot.py", dropped)]
    assert brief(scan(keylint, "--history", "--unreachable")) == expected


def test_a_file_that_tools_keep_secrets_in(keylint: Run, inside: Path) -> None:
    commit(inside, {".env": "DB_PASSWORD={{password:git}}\n"})
    assert [found[:2] for found in brief(scan(keylint, "--history"))] == [("tracked-secret-file", ".env")]
    commit(inside, {".gitignore": ".env\n"})
    assert brief(scan(keylint, "--history")) == []


def test_a_private_key_beside_files_that_name_the_exchange(keylint: Run, inside: Path) -> None:
    first = commit(inside, {"keys/signing.pem": "{{pem:PRIVATE KEY:git}}", "keys/README.md": "Binance.US\n"})
    assert brief(scan(keylint, "--history")) == [("hardcoded-private-key", "keys/signing.pem", first)]
    commit(inside, {"keys/README.md": "Binance.US\n"})
    assert brief(scan(keylint, "--history")) == [("key-in-history", "keys/signing.pem", first)]


def test_the_baseline_of_the_files_holds_for_the_history(keylint: Run, inside: Path) -> None:
    commit(inside, {"old.py": KEY})
    commit(inside, {"bot.py": "import os\n" + KEY})
    assert keylint("baseline", "create").code == 0
    result = scan(keylint, "--history")
    assert (result.code, result.report["summary"]["suppressed"]) == (0, 1)


def test_a_comment_that_came_later_lets_it_pass(keylint: Run, inside: Path) -> None:
    commit(inside, {"bot.py": KEY})
    allowed = KEY.replace("\n", '  # keylint: allow[key-in-history] reason="revoked"\n')
    commit(inside, {"bot.py": allowed})
    commit(inside, {"bot.py": CLEAN})
    assert scan(keylint, "--history").code == 0
    assert scan(keylint, "--history", "--no-inline").code == 1


def test_the_configuration_excludes_paths(keylint: Run, inside: Path) -> None:
    commit(inside, {"vendor/bot.py": KEY, ".keylint.yaml": "version: 1\nexclude: [vendor/**]\n"})
    result = scan(keylint, "--history")
    assert (result.code, [skip["path"] for skip in result.report["scanned"]["skipped"]]) == (0, ["vendor/bot.py"])


def test_the_inventory_of_the_index_is_judged(keylint: Run, inside: Path) -> None:
    write(inside, {"keylint.keys.yaml": "keys:\n  - {id: a, purpose: trading, permissions: [withdraw], owner: '@a'}\n"})
    git(inside, "add", ".")
    write(inside, {"keylint.keys.yaml": "keys: []\n"})
    assert "withdrawal-enabled" in {rule for rule, _, _ in brief(scan(keylint, "--staged"))}


# Whatever git can be.


def test_a_bare_repository(keylint: Run, inside: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = commit(inside, {"bot.py": KEY, ".keylint.yaml": "version: 1\nexclude: ['**']\n"})
    git(tmp_path, "clone", "-q", "--bare", str(inside), "bare")
    monkeypatch.chdir(tmp_path / "bare")
    assert brief(scan(keylint, "--history")) == [("hardcoded-api-key", "bot.py", first)]
    assert keylint("scan", "--staged").code == 2


def test_a_linked_work_tree(keylint: Run, inside: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = commit(inside, {"bot.py": KEY})
    git(inside, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    monkeypatch.chdir(tmp_path / "linked")
    write(tmp_path / "linked", {"new.py": KEY})
    git(tmp_path / "linked", "add", ".")
    assert brief(scan(keylint, "--staged")) == [("hardcoded-api-key", "new.py", None)]
    assert [found[2] for found in brief(scan(keylint, "--history"))] == [first]


def test_sha_256(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "-q", "--object-format=sha256", "new")
    monkeypatch.chdir(tmp_path / "new")
    write(tmp_path / "new", {"bot.py": KEY})
    git(tmp_path / "new", "add", ".")
    assert scan(keylint, "--staged").code == 1
    first = commit(tmp_path / "new", {"bot.py": KEY})
    assert brief(scan(keylint, "--history")) == [("hardcoded-api-key", "bot.py", first)]
    assert "no commit" in scan(keylint, "--range", f"HEAD..{'0' * 64}").err


def test_a_shallow_clone_says_so(keylint: Run, inside: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = commit(inside, {"bot.py": KEY})
    commit(inside, {"bot.py": KEY, "a.py": CLEAN})
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{inside}", "shallow")
    monkeypatch.chdir(tmp_path / "shallow")
    result = scan(keylint, "--history")
    assert result.report["findings"][0]["commit"]["first_seen"] is False
    assert "the clone is shallow" in result.err
    missing = keylint("scan", "--range", f"{base}..HEAD")
    assert (missing.code, "the clone is shallow: fetch more" in missing.err) == (2, True)


@pytest.mark.parametrize("which", ["blob", "tree"])
def test_a_missing_object_is_counted_and_never_fetched(keylint: Run, inside: Path, which: str) -> None:
    commit(inside, {"bot.py": CLEAN})
    name = git(inside, "rev-parse", "HEAD:bot.py" if which == "blob" else "HEAD^{tree}").strip()
    commit(inside, {"bot.py": "import sys\n"})
    (inside / ".git" / "objects" / name[:2] / name[2:]).unlink()
    result = scan(keylint, "--history")
    assert result.code == 4
    assert {skip["reason"] for skip in result.report["scanned"]["skipped"]} == {"missing-object"}


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
def test_a_path_may_hold_what_ends_a_line_elsewhere(keylint: Run, inside: Path) -> None:
    first = commit(inside, {"a\x0cb.py": KEY, "c\x85d.py": KEY.replace("git", "other")})
    commit(inside, {"e.py": CLEAN})
    result = scan(keylint, "--history")
    assert (result.code, {commit for _, _, commit in brief(result)}) == (1, {first})
    assert len(brief(result)) == 2


def test_a_damaged_object_is_counted_and_the_others_are_judged(keylint: Run, inside: Path) -> None:
    first = commit(inside, {"a.py": CLEAN, "b.py": "import sys\n", "bot.py": KEY})
    name = git(inside, "rev-parse", "HEAD:b.py").strip()
    damaged = inside / ".git" / "objects" / name[:2] / name[2:]
    damaged.chmod(0o644)
    damaged.write_bytes(b"garbage")
    result = scan(keylint, "--history")
    assert (result.code, brief(result)) == (1, [("hardcoded-api-key", "bot.py", first)])
    (skip,) = result.report["scanned"]["skipped"]
    assert skip["path"] == "b.py"
    assert skip["reason"] in ("unreadable", "missing-object")


def test_a_missing_commit_is_no_clean_scan(keylint: Run, inside: Path) -> None:
    name = commit(inside, {"bot.py": CLEAN})
    commit(inside, {"bot.py": "import sys\n"})
    (inside / ".git" / "objects" / name[:2] / name[2:]).unlink()
    result = keylint("scan", "--history")
    assert (result.code, result.out) == (4, "")
    assert "git could not be read to the end" in result.err


def test_a_graft_and_a_replacement_hide_nothing(keylint: Run, inside: Path) -> None:
    first = commit(inside, {"bot.py": KEY})
    commit(inside, {"bot.py": CLEAN})
    clean = commit(inside, {"bot.py": "import sys\n"})
    (inside / ".git" / "info").mkdir(exist_ok=True)
    (inside / ".git" / "info" / "grafts").write_text(f"{clean}\n")
    blob, other = git(inside, "rev-parse", f"{first}:bot.py", f"{clean}:bot.py").split()
    git(inside, "replace", blob, other)
    assert ("key-in-history", "bot.py", first) in brief(scan(keylint, "--history"))


def test_objects_of_an_alternate_in_a_pack(
    keylint: Run, inside: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = commit(inside, {"bot.py": KEY})
    git(inside, "gc", "-q")
    git(tmp_path, "clone", "-q", "--shared", str(inside), "borrower")
    monkeypatch.chdir(tmp_path / "borrower")
    assert brief(scan(keylint, "--history")) == [("hardcoded-api-key", "bot.py", first)]


def test_nothing_of_the_repository_runs_and_nothing_in_it_changes(keylint: Run, inside: Path, tmp_path: Path) -> None:
    commit(inside, {"bot.py": KEY, ".gitattributes": "* diff=evil filter=evil\n"})
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    for name in (
        "core.fsmonitor", "core.pager", "diff.evil.textconv", "diff.evil.command", "diff.external", "filter.evil.smudge",
        "filter.evil.clean", "filter.evil.process", "gpg.program", "core.sshCommand", "core.alternateRefsCommand",
        "alias.rev-list", "alias.cat-file", "core.editor", "credential.helper",
    ):  # fmt: skip
        git(inside, "config", name, f"!{program}" if name.startswith("alias.") else str(program))
    for name in ("log.showSignature", "diff.relative"):
        git(inside, "config", name, "true")
    git(inside, "config", "core.worktree", "/nowhere")
    write(inside, {"bot.py": KEY + "\n"})
    before = {path: path.stat().st_mtime_ns for path in (inside / ".git").rglob("*")}
    assert scan(keylint, "--history").code == 1
    assert scan(keylint, "--staged").code == 0
    assert scan(keylint, "--range", f"{ZERO}..HEAD").code == 1
    assert not (tmp_path / "ran").exists()
    assert {path: path.stat().st_mtime_ns for path in (inside / ".git").rglob("*")} == before


@pytest.mark.parametrize(
    "name",
    [
        "with blank.py",
        "line\nfeed.py",
        "tab\t.py",
        ":colon.py",
        "-dash.py",
        "ünïcode.py",
        'quote".py',
        "back\\slash.py",
        "*.py",
    ],
)
def test_names(keylint: Run, inside: Path, name: str) -> None:
    first = commit(inside, {name: KEY})
    assert brief(scan(keylint, "--history")) == [("hardcoded-api-key", name, first)]
    commit(inside, {"other": CLEAN})
    assert brief(scan(keylint, "--history")) == [("key-in-history", name, first)]


def test_windows_lines_are_judged_as_they_are_stored(keylint: Run, inside: Path) -> None:
    git(inside, "config", "core.autocrlf", "true")
    commit(inside, {"bot.py": expand(KEY).replace("\n", "\r\n").encode()})
    assert [found[:2] for found in brief(scan(keylint, "--history"))] == [("hardcoded-api-key", "bot.py")]


def test_a_large_history_is_spread_over_processes_with_the_same_result(keylint: Run, inside: Path) -> None:
    files: dict[str, str | bytes] = {f"f{number}.py": f"number = {number}\n" for number in range(1200)}
    commit(inside, {**files, "bot.py": KEY, "a.png": bytes(range(256)) * 9, "big.txt": b"word " * 400_000})
    assert scan(keylint, "--history", "--jobs", "1") == scan(keylint, "--history", "--jobs", "2")
    assert scan(keylint, "--history").report["scanned"]["files"] == 1202


# Pushes.


@pytest.fixture
def pushed(inside: Path, tmp_path: Path) -> Path:
    """A repository with another side that has its first commit."""
    git(tmp_path, "init", "-q", "--bare", "other-side")
    git(inside, "remote", "add", "origin", str(tmp_path / "other-side"))
    commit(inside, {"bot.py": CLEAN})
    git(inside, "push", "-q", "origin", "main")
    return inside


def test_no_push_is_clean_and_said(keylint: Run, pushed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    head = git(pushed, "rev-parse", "HEAD").strip()
    for lines, said in (
        ([], "nothing is pushed"),
        ([f"(delete) {ZERO} refs/heads/gone {head}"], "nothing is pushed"),
        ([f"refs/heads/new {head} refs/heads/new {ZERO}"], "no commit is new"),
    ):
        result = pushing(keylint, monkeypatch, tmp_path, *lines)
        assert (result.code, said in result.err) == (0, True)


@pytest.mark.parametrize(
    "line",
    [
        "garbage",
        f"refs/heads/main {'g' * 40} refs/heads/main {ZERO}",
        f"refs/heads/main {'1' * 40} refs/heads/main {ZERO}",
    ],
)
def test_lines_that_git_does_not_write(
    keylint: Run, pushed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str
) -> None:
    assert pushing(keylint, monkeypatch, tmp_path, line).code == 2


def test_every_ref_of_a_push_is_judged(
    keylint: Run, pushed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    base = git(pushed, "rev-parse", "HEAD").strip()
    one = commit(pushed, {"bot.py": CLEAN, "one.py": "import sys\n"})
    git(pushed, "checkout", "-qb", "two", base)
    held = commit(pushed, {"two.py": KEY})
    two = commit(pushed, {"bot.py": CLEAN})
    lines = [f"refs/heads/main {one} refs/heads/main {base}", f"refs/heads/two {two} refs/heads/two {ZERO}"]
    result = pushing(keylint, monkeypatch, tmp_path, *lines)
    assert (result.code, brief(result)) == (1, [("key-in-history", "two.py", held)])
    assert result.report["scanned"]["commits"] == 3


def test_a_forced_push_over_what_is_not_here(
    keylint: Run, pushed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    head = commit(pushed, {"bot.py": KEY})
    line = f"HEAD@{{1 day ago}} {head} refs/heads/main {'1' * 40}"
    assert brief(pushing(keylint, monkeypatch, tmp_path, line)) == [("hardcoded-api-key", "bot.py", head)]


def test_a_tag_is_pushed_with_its_message(
    keylint: Run, pushed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    git(pushed, "tag", "-a", "-m", expand("Binance api_key={{key:tag}}"), "v1")
    tag = git(pushed, "rev-parse", "v1").strip()
    result = pushing(keylint, monkeypatch, tmp_path, f"refs/tags/v1 {tag} refs/tags/v1 {ZERO}")
    assert brief(result) == [("key-in-history", ".git/tag-message/v1", None)]


def test_what_another_remote_has_is_new_to_this_one(
    keylint: Run, pushed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    held = commit(pushed, {"bot.py": KEY})
    git(tmp_path, "init", "-q", "--bare", "private")
    git(pushed, "remote", "add", "private", str(tmp_path / "private"))
    git(pushed, "push", "-q", "private", "main")
    line = f"refs/heads/main {held} refs/heads/new {ZERO}"
    assert pushing(keylint, monkeypatch, tmp_path, line, options=("--remote", "private")).code == 0
    for options in (("--remote", "origin"), ()):
        assert brief(pushing(keylint, monkeypatch, tmp_path, line, options=options)) == [
            ("hardcoded-api-key", "bot.py", held)
        ]


@pytest.mark.parametrize("told", ["range", "first"])
def test_what_pre_commit_tells(keylint: Run, pushed: Path, monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    base = git(pushed, "rev-parse", "HEAD").strip()
    held = commit(pushed, {"bot.py": KEY})
    variables = {"REMOTE_NAME": "origin", "LOCAL_BRANCH": "refs/heads/main"}
    if told == "range":
        variables |= {"FROM_REF": base, "TO_REF": held}
    for name, value in variables.items():
        monkeypatch.setenv(f"PRE_COMMIT_{name}", value)
    assert brief(scan(keylint, "--pre-push")) == [("hardcoded-api-key", "bot.py", held)]


def test_a_range_that_was_pushed_before_is_judged(keylint: Run, pushed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = git(pushed, "rev-parse", "HEAD").strip()
    held = commit(pushed, {"bot.py": KEY})
    git(pushed, "push", "-q", "origin", "main")
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", base)
    monkeypatch.setenv("PRE_COMMIT_TO_REF", "HEAD")
    assert brief(scan(keylint, "--pre-push")) == [("hardcoded-api-key", "bot.py", held)]


def test_a_real_push_is_refused(pushed: Path) -> None:
    hook = pushed / ".git" / "hooks" / "pre-push"
    hook.write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m keylint scan --pre-push --remote "$1"\n'
    )
    hook.chmod(0o755)
    commit(pushed, {"bot.py": KEY})
    commit(pushed, {"bot.py": CLEAN})
    with pytest.raises(Exception, match="push"):
        git(pushed, "push", "-q", "origin", "main", "main:second")
    git(pushed, "reset", "-q", "--hard", "origin/main")
    commit(pushed, {"bot.py": "import sys\n"})
    git(pushed, "push", "-q", "origin", "main", "main:second")


def test_a_terminal_tells_no_push(keylint: Run, pushed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    master, terminal = os.openpty()
    with os.fdopen(terminal) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        result = keylint("scan", "--pre-push")
    os.close(master)
    assert (result.code, "reads what git tells its hook" in result.err) == (2, True)
