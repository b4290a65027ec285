"""What is remembered of a policy: the same report with and without, and none of it once anything has changed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from conftest import ROOT, Run, write

from keylint import assessment
from keylint import outline as module
from keylint.assessment import Options, policy_of
from keylint.outline import Key, Outline, key_of, outline_of, remember
from keylint.policy.policy import Policy

CONFIG = """\
version: 1
exclude: [generated/]
inventory: [held.yaml]
trust: [inline]
patterns:
  - {id: own-key, regex: 'own-[a-z]{8}', keywords: [own-], kind: api_key}
clients:
  - {ecosystem: npm, name: our-client, status: deprecated, floor: '2.0', reason: Ours is better now.}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration, which one is in."""
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(tmp_path / "cache"))
    here = tmp_path / "here"
    write(here, {".keylint.yaml": CONFIG, "a.py": "import os\n", "held.yaml": "keys: []\n"})
    monkeypatch.chdir(here)
    return here


def policy() -> Policy:
    found = policy_of(Options())
    assert found is not None
    return found


def key(folder: Path, config: str | None = None) -> Key:
    found = key_of(str(folder), str(folder), config)
    assert found is not None
    return found


def known(folder: Path, config: str | None = None) -> Outline | None:
    """Return what is remembered of a folder's configuration."""
    found = key_of(str(folder), str(folder), config)
    return outline_of(found) if found else None


def remembered(folder: Path) -> Outline | None:
    """Read the policy as a scan does, and return what is known of it then."""
    found = key_of(str(folder), str(folder))
    if found is not None:
        remember(found, policy())
    return known(folder)


def files(folder: Path) -> list[Path]:
    return [file for file in (folder.parent / "cache").rglob("*") if file.is_file()]


# Nothing is remembered.


def test_without_a_configuration_there_is_nothing_to_remember(folder: Path, keylint: Run) -> None:
    (folder / ".keylint.yaml").unlink()
    keylint("scan", "a.py")
    assert files(folder) == []
    assert known(folder) is None


@pytest.mark.parametrize("options", [["--no-cache"], ["--isolated"], ["--rule", "hardcoded-api-key"]])
def test_whoever_asks_for_something_else_leaves_nothing_behind(folder: Path, keylint: Run, options: list[str]) -> None:
    assert keylint("scan", "a.py", *options).code == 0
    assert files(folder) == []


def test_a_mistake_is_told_every_time(folder: Path, keylint: Run) -> None:
    (folder / ".keylint.yaml").write_text("version: 1\nrules: {no-such-rule: off}\n")
    first = keylint("scan", "a.py")
    assert (first.code, files(folder)) == (2, [])
    assert keylint("scan", "a.py") == first


@pytest.mark.parametrize(
    "files_there",
    [
        pytest.param({".keylint.yml": "version: 1\n"}, id="a second name"),
        pytest.param({"pyproject.toml": "[tool.keylint]\nversion = 1\n"}, id="a second configuration"),
    ],
)
def test_what_contradicts_it_later_is_told(folder: Path, keylint: Run, files_there: dict[str, str]) -> None:
    assert keylint("scan", "a.py").code == 0
    write(folder, files_there)
    assert keylint("scan", "a.py").code == 2


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("extends: [./pack]\n", id="a pack that may change"),
        pytest.param("extends: [rules/recommended]\n", id="a folder that leads to the shipped rules"),
        pytest.param("extends: [keylint:recommended, ./rules/recommended]\n", id="the same once more"),
        pytest.param(
            "waivers:\n  - {rule: stale-key, paths: [a.py], reason: Known, owner: '@a', created: 2026-11-01, expires: 2026-12-01}\n",
            id="waivers that end",
        ),
    ],
)
def test_what_hangs_on_more_is_read_every_time(folder: Path, monkeypatch: pytest.MonkeyPatch, more: str) -> None:
    write(folder, {"pack/pack.yaml": "name: ours\nversion: 1\ndescription: Ours.\nextends: [keylint:recommended]\n"})
    (folder / "rules").symlink_to(ROOT / "rules")
    write(folder, {".keylint.yaml": CONFIG + more})
    with monkeypatch.context() as patched:
        patched.setattr(assessment, "bounds_of", lambda _root: None)
        remember(key(folder), policy())
    assert known(folder) is None
    assert files(folder) == []


def test_a_configuration_with_a_key_is_kept_nowhere(folder: Path, keylint: Run) -> None:
    write(folder, {".keylint.yaml": CONFIG + "# {{key:mine}}\n"})
    assert keylint("scan", "a.py").code == 0
    assert files(folder) == []
    write(
        folder,
        {".keylint.yaml": "", "pyproject.toml": "[tool.keylint]\nversion = 1\n[tool.bot]\nkey = '{{key:mine}}'\n"},
    )
    keylint("scan", "a.py")
    assert files(folder) == []


def test_of_the_text_no_more_than_a_digest_is_kept(folder: Path) -> None:
    write(folder, {".keylint.yaml": CONFIG + "# a remark of mine\n"})
    assert remembered(folder) is not None
    (file,) = files(folder)
    assert "remark" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {stat.S_IMODE(one.stat().st_mode) for one in (file.parent, file.parent.parent)} == {0o700}


@pytest.mark.parametrize("where", ["cache", "linked"])
def test_what_a_repository_could_bring_along_counts_for_nothing(
    folder: Path, keylint: Run, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """A cache folder in the scanned tree: nothing of it is believed, and nothing is put where it would be scanned."""
    (folder / "cache" / "policies").mkdir(parents=True)
    outside = folder.parent / "linked"
    outside.mkdir()
    (outside / "policies").symlink_to(folder / "cache" / "policies")
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(folder / "cache" if where == "cache" else outside))
    assert key_of(str(folder), str(folder)) is None
    assert keylint("scan", ".") == keylint("scan", ".", "--no-cache")
    assert list((folder / "cache" / "policies").iterdir()) == []


def test_what_was_saved_meanwhile_is_not_taken_for_what_was_read(
    folder: Path, keylint: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(options: Options) -> Policy | None:
        found = policy_of(options)
        (folder / ".keylint.yaml").write_text("version: 1\nrules: {no-such-rule: off}\n")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(assessment, "policy_of", slowly)
        assert keylint("scan", "a.py").code == 0
    assert files(folder) == []
    assert keylint("scan", "a.py").code == 2


def test_what_cannot_be_told_apart_is_read_every_time(
    folder: Path, keylint: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = folder.parent / "rules"
    write(rules, {"pack.yaml": ""})
    (rules / ".#lock.yaml").symlink_to("nobody@nowhere:1")
    monkeypatch.setattr(module, "rules_folder", lambda: str(rules))
    assert key_of(str(folder), str(folder)) is not None
    monkeypatch.setattr(module, "rules_folder", lambda: str(rules / "gone"))
    assert key_of(str(folder), str(folder)) is None
    assert keylint("scan", "a.py").code == 0


def test_a_pipe_in_its_place_is_not_waited_for(folder: Path) -> None:
    assert remembered(folder) is not None
    (file,) = files(folder)
    file.unlink()
    os.mkfifo(file, 0o600)
    assert known(folder) is None


def test_a_link_is_read_every_time(folder: Path) -> None:
    (folder / ".keylint.yaml").rename(folder / "other.yaml")
    (folder / ".keylint.yaml").symlink_to("other.yaml")
    assert remembered(folder) is None


@pytest.mark.parametrize("data", [b"", b"[]", b"nothing", b'["a", "b", "c"]', b"[" * 100_000, b"\xff"])
def test_a_damaged_file_counts_for_nothing(folder: Path, data: bytes) -> None:
    assert remembered(folder) is not None
    (file,) = files(folder)
    file.write_bytes(data)
    assert known(folder) is None


def test_what_others_may_write_counts_for_nothing(folder: Path) -> None:
    assert remembered(folder) is not None
    (file,) = files(folder)
    file.chmod(0o666)
    assert known(folder) is None


def test_where_nothing_can_be_kept_everything_goes_on(
    folder: Path, keylint: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(folder / "a.py" / "cache"))
    assert (keylint("scan", "a.py").code, keylint("scan", "a.py").err) == (0, "")


# Something is.


def test_it_says_what_the_policy_says(folder: Path) -> None:
    found, whole = remembered(folder), policy()
    assert found == Outline(
        whole.exclude, whole.patterns, whole.clients, whole.inventory, whole.trust, whole.names_inventory
    )
    assert repr(found) == repr(Outline(*(getattr(whole, name) for name in Outline._fields)))
    assert found.exclude == ("generated/",)
    assert [one.id for one in found.patterns] == ["own-key"]
    assert (found.names_inventory, found.trust) == (True, ("inline",))


def test_a_table_of_pyproject_is_remembered_too(folder: Path) -> None:
    (folder / ".keylint.yaml").unlink()
    write(folder, {"pyproject.toml": "[tool.keylint]\nversion = 1\nexclude = ['generated/']\n"})
    found = remembered(folder)
    assert found is not None
    assert found.exclude == ("generated/",)


def test_a_file_that_is_named_is_remembered_too(folder: Path, keylint: Run) -> None:
    (folder / ".keylint.yaml").rename(folder / "other.yaml")
    write(folder, {".keylint.yaml": "version: 1\nrules: {no-such-rule: off}\n"})
    options = ("scan", "a.py", "--config", "other.yaml")
    assert keylint(*options).code == 0
    found = known(folder, "other.yaml")
    assert found is not None
    assert found.exclude == ("generated/",)
    assert keylint(*options).code == 0
    (folder / "other.yaml").unlink()
    assert keylint(*options).code == 2


def test_a_named_file_that_trusts_the_waivers_of_others_is_read_every_time(folder: Path, keylint: Run) -> None:
    write(folder, {"other.yaml": "version: 1\ntrust: [waivers]\n"})
    assert keylint("scan", "a.py", "--config", "other.yaml").code == 0
    assert files(folder) == []


def test_folders_that_say_the_same_share_it(folder: Path, tmp_path: Path) -> None:
    assert remembered(folder) is not None
    write(tmp_path / "other", {".keylint.yaml": CONFIG})
    assert known(tmp_path / "other") == known(folder)


@pytest.mark.parametrize("changed", [".keylint.yaml", "pyproject.toml"])
def test_a_changed_configuration_is_read_again(folder: Path, changed: str) -> None:
    assert remembered(folder) is not None
    write(folder, {changed: f"{CONFIG}# keylint\n" if changed == ".keylint.yaml" else "# keylint\n"})
    assert known(folder) is None


def test_other_rules_and_other_code_are_another_matter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert remembered(folder) is not None
    status = os.stat(ROOT / "rules" / "recommended" / "pack.yaml")
    rules = folder / "rules"
    write(rules, {"recommended/pack.yaml": "x" * status.st_size})
    monkeypatch.setattr(module, "rules_folder", lambda: str(rules))
    assert known(folder) is None
    monkeypatch.undo()
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(folder.parent / "cache"))
    assert known(folder) is not None
    monkeypatch.setattr(module, "__version__", "0.0.0")
    assert known(folder) is None


@pytest.mark.parametrize("paths", [["."], ["a.py", "b.py"], ["a.py", "generated/c.py"], ["held.yaml"]])
@pytest.mark.parametrize("form", ["text", "json", "sarif"])
@pytest.mark.parametrize("text", ["import os\n", 'API_KEY = "{{key:a}}"\n', 'own = "own-abcdefgh"\n'])
def test_a_report_is_the_same_with_and_without(
    folder: Path, keylint: Run, paths: list[str], form: str, text: str
) -> None:
    write(folder, {"b.py": text, "generated/c.py": text, "package.json": '{"dependencies": {"our-client": "1.0.0"}}'})
    options = ("scan", *paths, "--format", form)
    fresh = keylint(*options, "--no-cache")
    assert files(folder) == []
    assert keylint(*options) == fresh
    assert len(files(folder)) == 1
    assert keylint(*options) == fresh


def test_a_named_inventory_that_is_gone_is_told(folder: Path, keylint: Run) -> None:
    assert keylint("scan").code == 0
    (folder / "held.yaml").unlink()
    assert keylint("scan").code == 2
