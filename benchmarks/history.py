"""A whole history: keylint beside git alone reading the same objects, in turn.

Usage: history.py [REPOSITORY ...]

Without a repository it makes one from a seed: 4,000 commits on 300 files, two of which held a key for a while.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import KEYLINT, costs

from keylint.policy.placeholders import expand

RUNS = 3
COMMITS, FILES, LINES = 4000, 300, 200
# What git alone takes to read all that refs lead to; a partial clone lacks some of it.
GIT_ALONE = "git rev-list --objects --missing=allow-any --all | cut -d' ' -f1 | git cat-file --batch --buffer"


def made(folder: Path) -> Path:
    """Fill a bare repository with a history, the same on every run."""
    generator = random.Random(64)
    words = ["".join(generator.choices("abcdefghijklmnopqrstuvwxyz", k=generator.randint(2, 12))) for _ in range(2000)]

    def line() -> str:
        return f"    {' '.join(generator.choices(words, k=8))} = {generator.randint(0, 9999)}\n"

    files = [[line() for _ in range(LINES)] for _ in range(FILES)]
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder)], check=True)
    with subprocess.Popen(["git", "-C", str(folder), "fast-import", "--quiet"], stdin=subprocess.PIPE) as git:
        assert git.stdin is not None
        for number in range(COMMITS):
            message = f"Change {number}\n".encode()
            who = f"Alice <alice@example.org> {1_700_000_000 + 60 * number} +0000".encode()
            git.stdin.write(b"commit refs/heads/main\ncommitter " + who + b"\ndata %d\n" % len(message) + message)
            for file in range(FILES) if number == 0 else generator.sample(range(FILES), 3):
                files[file][generator.randrange(LINES)] = line()
                lines = list(files[file])
                if file < 2 and number < COMMITS // 2:
                    lines[0] = expand(f'API_KEY = "{{{{key:history-{file}}}}}"\n')
                text = "".join(lines).encode()
                git.stdin.write(b"M 644 inline package/module%d.py\ndata %d\n" % (file, len(text)) + text + b"\n")
    subprocess.run(["git", "-C", str(folder), "gc", "-q"], check=True)
    return folder


def compare(repository: Path) -> None:
    """Print what keylint takes and its ratio to git alone."""
    os.chdir(repository)
    os.environ["GIT_NO_LAZY_FETCH"] = "1"
    own, alone = costs([[KEYLINT, "scan", "--history", "--isolated"], ["sh", "-c", GIT_ALONE]], RUNS)
    # No CPU time: workers are killed when they are done, and nobody waits for the git that each had.
    print(f"{repository.name}: {own.wall:.2f} s wall, {own.wall / alone.wall:.2f} times git alone")


def main() -> None:
    """Compare on the repositories named, or on one that is made."""
    if len(sys.argv) > 1:
        for repository in sys.argv[1:]:
            compare(Path(repository).resolve())
        return
    with tempfile.TemporaryDirectory() as folder:
        compare(made(Path(folder, "history.git")))


if __name__ == "__main__":
    main()
