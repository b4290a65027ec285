"""Sweeps in this process, and five of small repositories with commits in between."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from conftest import Result, write

from keylint.cli import main
from keylint.sweep import job

TARGETS = """version: 1
targets:
  - {path: clones/*, owner: "@platform"}
  - {path: clones/acme-*, owner: "@trading", tags: [bots]}
  - {path: clones/acme-tax, owner: "@finance"}
"""
KEY = 'API_KEY = "{{{{key:{name}}}}}"\n'
DAYS = ("2026-07-06", "2026-08-03", "2026-09-07", "2026-10-05", "2026-11-02")
# What is committed before each sweep. Shape: repository, day of the commit, files.
COMMITS: tuple[tuple[tuple[str, str, Mapping[str, str]], ...], ...] = (
    (
        ("acme-bot", "2025-11-12", {"bot.py": KEY.format(name="bot"), "README.md": "# A bot\n"}),
        ("acme-bot", "2026-03-02", {"conf/live.env": "BINANCE_US_API_KEY={{key:live}}\nBINANCE_US_API_SECRET={{secret:live}}\n"}),
        ("acme-tax", "2026-01-20", {"tax.py": KEY.format(name="tax")}),
        ("web", "2026-02-01", {"index.html": "<p>nothing</p>\n"}),
        ("infra", "2026-05-05", {"deploy.sh": "export BINANCE_US_API_KEY={{key:deploy}}\n"}),
    ),
    (
        ("acme-tax", "2026-07-20", {"tax.py": "import os\n"}),
        ("web", "2026-07-21", {"config.js": 'const binanceApiKey = "{{key:web}}";\n'}),
        ("acme-bot", "2026-07-22", {"withdraw.py": 'import os\nfrom binance.client import Client\nClient(os.environ["BINANCE_US_API_KEY"], os.environ["S"], tld="us").withdraw(coin="BTC", address="x", amount=1)\n'}),
    ),
    (
        ("acme-grid", "2026-08-10", {"grid.py": KEY.format(name="grid"), "copy.py": KEY.format(name="bot")}),
        ("infra", "2026-08-11", {"deploy.sh": "export BINANCE_US_API_KEY=$(vault read key)\n"}),
    ),
    (
        ("acme-grid", "2026-09-21", {"grid.py": "import os\n"}),
        ("web", "2026-09-22", {"config.js": "const binanceApiKey = process.env.KEY;\n"}),
    ),
    (
        ("web", "2026-10-20", {"lib/client.js": 'const binanceApiKey = "{{key:again}}";\n'}),
        ("acme-bot", "2026-10-21", {"bot.py": "import os\n"}),
    ),
)  # fmt: skip


def commit(folder: Path, day: str, files: Mapping[str, str]) -> None:
    """Commit files to a repository on a day; it begins with its first."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
           for what, value in (("NAME", "Alice"), ("EMAIL", "alice@example.org"), ("DATE", f"{day}T12:00:00+00:00"))},
    }  # fmt: skip

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, check=True)

    if not folder.exists():
        folder.mkdir(parents=True)
        git("init", "--quiet", "--initial-branch=main")
    write(folder, files)
    git("add", "--all")
    git("commit", "--quiet", "-m", "files")


def run_sweep(*arguments: str, cwd: Path) -> Result:
    """Run `keylint sweep` in this process, as a new one would: a process takes longer to start than a small sweep."""
    # A configuration that has changed meanwhile is read by a new process only.
    job.policy_at.cache_clear()
    job._digest_at.cache_clear()
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    before = Path.cwd()
    os.chdir(cwd)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = main(["sweep", *arguments])
            except SystemExit as end:  # argparse, for usage errors
                code = int(end.code or 0)
    finally:
        os.chdir(before)
    return Result(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())


def five_sweeps(folder: Path) -> list[Result]:
    """Make the repositories and `keylint.db` in a folder; return what each sweep printed."""
    (folder / "targets.yaml").write_text(TARGETS, encoding="utf-8")
    printed = []
    for day, commits in zip(DAYS, COMMITS, strict=True):
        for name, when, files in commits:
            commit(folder / "clones" / name, when, files)
        printed.append(run_sweep("--targets", "targets.yaml", "--today", day, cwd=folder))
    return printed
