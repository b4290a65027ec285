"""docs/policy.md is true: its walk-through is replayed, its tables are those of the code; `make docs` rewrites both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Run, write

from keylint.policy import placeholders
from keylint.policy.conditions import OPERATORS
from keylint.policy.config import CONFIG
from keylint.policy.inventory_file import INVENTORY
from keylint.policy.pack import PACK, built_in_packs
from keylint.policy.rule_file import RULE
from keylint.policy.shipped import BUILT_IN, rules_folder
from keylint.policy.targets import TARGETS
from keylint.policy.waiver import WAIVERS

GUIDE = ROOT / "docs" / "policy.md"
SECTION = re.compile(r"(?<=<!-- begin: )(?P<what>[^>]*?) -->\n(?P<body>.*?)(?=<!-- end -->)", re.DOTALL)
BLOCK = re.compile(r"(?:^`(?P<file>[^`\n]+)`:\n\n)?^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)


def table(*rows: tuple[str, ...]) -> str:
    head, *body = (f"| {' | '.join(row)} |\n" for row in rows)
    return head + "|" + "---|" * len(rows[0]) + "\n" + "".join(body)


def fields(schema: Mapping[str, object]) -> str:
    properties, required = schema["properties"], schema["required"]
    assert isinstance(properties, dict)
    assert isinstance(required, list)
    rows = (
        (f"`{key}`" + (" (required)" if key in required else ""), one["description"]) for key, one in properties.items()
    )
    return table(("key", "what it is for"), *rows)


def packs() -> str:
    described = (
        yaml.safe_load((Path(rules_folder()) / label.removeprefix(BUILT_IN) / "pack.yaml").read_text(encoding="utf-8"))
        for label in built_in_packs()
    )
    rows = ((f"`{label}`", one["description"]) for label, one in zip(built_in_packs(), described, strict=True))
    folder = ("`./a/folder`, `../a/folder`", "a folder, found from the file that names it")
    installed = "the one folder with a `pack.yaml` in an installed distribution, of which nothing is imported"
    return table(("written", "is"), *rows, folder, ("`python:DISTRIBUTION`", installed))


def attributes() -> str:
    return "\n".join(
        f"**{target}**\n\n"
        + table(
            ("attribute", "type", "what it is"),
            *((f"`{target}.{name}`", of.type, of.meaning) for name, of in known.items()),
        )
        for target, known in TARGETS.items()
    )


def operators() -> str:
    rows = ((f"`{name}`", ", ".join(sorted(one.of)), one.takes, one.meaning) for name, one in OPERATORS.items())
    return table(("operator", "attributes of type", "takes", "holds if the attribute"), *rows)


def entries(listed: Mapping[str, object]) -> str:
    items = listed["items"]
    assert isinstance(items, dict)
    return fields(items)


def inventory() -> str:
    properties = INVENTORY.schema["properties"]
    assert isinstance(properties, dict)
    return entries(properties["keys"])


def forms() -> str:
    lines = (placeholders.__doc__ or "").splitlines()[2:]
    rows = (re.fullmatch(r"(`.*`)\s+(.*)", line) for line in lines if line)
    return table(("written", "stands for"), *((row[1], row[2]) for row in rows if row))


GENERATED = {
    "configuration": lambda: fields(CONFIG.schema),
    "pack": lambda: fields(PACK.schema),
    "rule": lambda: fields(RULE.schema),
    "extends": packs,
    "operators": operators,
    "attributes": attributes,
    "placeholders": forms,
    "waiver": lambda: entries(WAIVERS.shape.schema),
    "inventory": inventory,
}


def replayed(text: str, folder: Path, keylint: Run) -> str:
    """The walk-through with what its commands print now; files are written on the way."""
    code = 0

    def replay(match: re.Match[str]) -> str:
        nonlocal code
        if match["file"]:
            write(folder, {match["file"]: match["body"]} if match["language"] != "yaml" else {})
            if match["language"] == "yaml":  # keylint expands the placeholders of examples itself
                write(folder, {match["file"]: match["body"].encode()})
            return match[0]
        said = ""
        for command in re.findall(r"^\$ (.*)$", match["body"], re.MULTILINE):
            if command == "echo $?":
                printed = f"{code}\n"
            else:
                name, *arguments = command.split()
                assert name == "keylint"
                result = keylint(*arguments)
                code, printed = result.code, result.out + result.err
            said += f"$ {command}\n{printed}"
        return f"```{match['language']}\n{said}```"

    return BLOCK.sub(replay, text)


@pytest.fixture
def sections(
    request: pytest.FixtureRequest, keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, tuple[str, str]]:
    """What each section says, and what it has to."""
    monkeypatch.chdir(tmp_path)
    text = GUIDE.read_text(encoding="utf-8")

    def wanted(match: re.Match[str]) -> str:
        what = match["what"]
        return replayed(match["body"], tmp_path, keylint) if what == "walk-through" else GENERATED[what]()

    found = {match["what"]: (match["body"], wanted(match)) for match in SECTION.finditer(text)}
    if request.config.getoption("--rewrite"):
        text = SECTION.sub(lambda match: f"{match['what']} -->\n{found[match['what']][1]}", text)
        GUIDE.write_text(text, encoding="utf-8")
        return {what: (wanted, wanted) for what, (_, wanted) in found.items()}
    return found


def test_the_guide_says_what_is(sections: dict[str, tuple[str, str]]) -> None:
    assert set(sections) == {*GENERATED, "walk-through"}
    assert {what: said for what, (said, _) in sections.items()} == {
        what: wanted for what, (_, wanted) in sections.items()
    }


def test_the_walk_through_shows_what_it_promises() -> None:
    (walk,) = (match["body"] for match in SECTION.finditer(GUIDE.read_text("utf-8")) if match["what"] == "walk-through")
    runs = re.findall(r"```console\n(.*?)```", walk, re.DOTALL)
    codes = re.findall(r"^\$ echo \$\?\n(\d)$", walk, re.MULTILINE)
    assert len(runs) == 8
    assert codes == ["1", "1", "0", "1"]
    assert "all passed" in runs[0]
    assert "bad example 'a person'" in runs[1]
    assert "tests/test_orders.py:1:12: critical" in runs[2]
    assert "tests/test_orders.py:1:12: low" in runs[3]
    assert "medium personal-waiver" in runs[4]
    assert "suppressed by a waiver of @acme/trading until 2026-12-15" in runs[5]
    assert "medium expired-waiver" in runs[6]
    assert "max_waiver_days: 30  (acme-policy/pack.yaml:6:3)" in runs[7]


def test_the_guide_links_to_what_exists() -> None:
    links = re.findall(r"\]\((?!https:)([^)#]+)", GUIDE.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (GUIDE.parent / link).exists()] == []
