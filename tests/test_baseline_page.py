"""docs/baseline.md shows one session in a real repository: `make docs` writes what is printed, the diff is read."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, git, write

PAGE = ROOT / "docs" / "baseline.md"
BLOCK = re.compile(r"<!-- begin: (?P<what>[^>]*?) -->\n(?P<body>.*?)<!-- end -->", re.DOTALL)
FILES = {
    "bot.py": 'API_KEY = "{{key:page}}"\nAPI_SECRET = "{{secret:page}}"\n',
    "old/notes.md": "the api key is {{key:notes}}\n",
}
SESSION = {
    "adopt": ["keylint baseline create", "keylint scan"],
    "copy": ["cp bot.py worker.py", "keylint scan --quiet"],
    "mended": ["rm worker.py old/notes.md", "keylint scan --quiet", "keylint baseline update --prune"],
    "format": ["cut -c -80 .keylint.baseline.json"],
    "import": ["keylint baseline import --format detect-secrets audited.json --output imported.json"],
    "plugin": [
        "keylint detect-secrets-plugin --write keylint_plugin.py",
        "detect-secrets scan -p keylint_plugin.py | grep -c '(keylint)'",
    ],
    "export": [
        "keylint baseline export --format detect-secrets",
        "detect-secrets-hook --baseline .secrets.baseline bot.py && echo nothing new",
    ],
}


def played(folder: Path) -> dict[str, str]:
    """What the session prints, by block."""
    git(folder, "init", "-q", "-b", "main")
    write(folder, FILES)
    git(folder, "add", "-A")
    scripts = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    shown: dict[str, str] = {}
    for what, commands in SESSION.items():
        if what == "import":
            scanned = subprocess.run(
                ["detect-secrets", "scan"], cwd=folder, env=environment, capture_output=True, check=True
            )
            known = json.loads(scanned.stdout)
            for secret in known["results"]["bot.py"]:
                secret["is_secret"] = False
            write(folder, {"audited.json": json.dumps(known)})
        lines: list[str] = []
        for command in commands:
            done = subprocess.run(
                ["sh", "-c", command],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            lines += [f"$ {command}", *done.stdout.splitlines()]
        shown[what] = "```console\n" + "\n".join(lines) + "\n```\n"
    return shown


def test_the_page_shows_what_the_tool_prints(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    shown = played(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    if request.config.getoption("--rewrite"):
        text = BLOCK.sub(lambda match: f"<!-- begin: {match['what']} -->\n{shown[match['what']]}<!-- end -->", text)
        PAGE.write_text(text, encoding="utf-8")
    assert {match["what"]: match["body"] for match in BLOCK.finditer(text)} == shown
