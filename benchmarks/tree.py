"""A whole tree: keylint beside `rg -P` with one pattern and no judgement, in turn.

Usage: tree.py [FOLDER ...]

Without a folder it makes one: 6,000 files of source-like text, 100 MB. Without ripgrep it only times keylint.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import KEYLINT, RIPGREP_PATTERN, costs

RUNS = 7
FILES, SIZE = 6000, 17_000


def made(folder: Path) -> Path:
    """Fill a folder with source-like text, the same on every run, and let git track it."""
    generator = random.Random(64)
    words = ["".join(generator.choices("abcdefghijklmnopqrstuvwxyz", k=generator.randint(2, 12))) for _ in range(2000)]
    for number in range(FILES):
        path = folder / f"package{number % 60}" / f"module{number}.py"
        path.parent.mkdir(exist_ok=True)
        lines = (f"    {' '.join(generator.choices(words, k=8))} = {number}\n" for _ in range(SIZE // 65))
        path.write_text("".join(lines), encoding="utf-8")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "add", "-A"], check=True)
    return folder


def compare(folder: Path) -> None:
    """Print what keylint takes and its ratio to ripgrep."""
    commands = [[KEYLINT, "scan", str(folder)]]
    if shutil.which("rg"):
        commands.append(["rg", "-P", "-c", RIPGREP_PATTERN, str(folder)])
    own, *others = costs(commands, RUNS)
    print(f"{folder}: keylint {own.wall:.2f} s wall, {own.cpu:.2f} s CPU")
    for other in others:
        print(f"  {own.wall / other.wall:.2f} times the wall time of rg -P, {own.cpu / other.cpu:.2f} times its CPU")


def main() -> None:
    """Compare on the folders named, or on one that is made."""
    if len(sys.argv) > 1:
        for folder in sys.argv[1:]:
            compare(Path(folder))
        return
    with tempfile.TemporaryDirectory() as folder:
        compare(made(Path(folder)))


if __name__ == "__main__":
    main()
