"""The README quotes the tool itself: `make docs` rewrites what stands between its markers, the diff is read."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT, spawn

from keylint.policy.merge import load_policy

README = ROOT / "README.md"
BLOCK = re.compile(r"<!-- begin: (?P<what>[^>]*?) -->\n(?P<body>.*?)<!-- end -->", re.DOTALL)


def quoted(what: str) -> str:
    if what == "rules":
        rows = [
            f"| [`{rule.id}`](docs/rules/{rule.id}.md) | {rule.severity} | {rule.rationale} |\n"
            for rule in load_policy().rules
        ]
        return "| rule | severity | why |\n|---|---|---|\n" + "".join(rows)
    if what == "keylint scan --help":
        return f"```console\n$ {what}\n{spawn('scan', '--help', env={'COLUMNS': '100'}).out}```\n"
    golden = (ROOT / f"{what.rpartition(' ')[2]}.out").read_text(encoding="utf-8")
    return f"```console\n$ keylint scan\n{golden}```\n"


@pytest.fixture
def text(request: pytest.FixtureRequest) -> str:
    text = README.read_text(encoding="utf-8")
    if request.config.getoption("--rewrite"):
        text = BLOCK.sub(lambda match: f"<!-- begin: {match['what']} -->\n{quoted(match['what'])}<!-- end -->", text)
        README.write_text(text, encoding="utf-8")
    return text


def test_what_the_readme_quotes_is_what_the_tool_says(text: str) -> None:
    blocks = {match["what"]: match["body"] for match in BLOCK.finditer(text)}
    assert blocks == {what: quoted(what) for what in blocks}
    assert len(blocks) == 3


def test_the_readme_names_every_hook_and_links_to_what_exists(text: str) -> None:
    hooks = re.findall(r"^- id: (\S+)", (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    assert hooks
    assert all(f"- id: {hook}" in text for hook in hooks)
    links = re.findall(r"\]\((?!https:)([^)#]+)", text)
    assert [link for link in links if not (ROOT / link).exists()] == []
