"""What a hook pays: the CPU of scanning five small files beside that of `python -c pass`, in one run."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from measure import KEYLINT, costs

from keylint.policy.placeholders import expand

RUNS = 25


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        for name in "abcde":
            Path(folder, f"{name}.py").write_text(f"import os\n\nNAME = os.environ['{name}']\n", encoding="utf-8")
        files = [f"{folder}/{name}.py" for name in "abcde"]
        subprocess.run(["git", "init", "-q", folder], check=True)
        Path(other, "a.py").write_text(expand('API_KEY = "{{key:bench}}"\n'), encoding="utf-8")
        cases = {
            "five files named, nothing found": [KEYLINT, "scan", *files],
            "a work tree of five files, listed by git": [KEYLINT, "scan", folder],
            "five files, one with a key": [KEYLINT, "scan", *files[1:], f"{other}/a.py"],
        }
        bare, *rest = costs([[sys.executable, "-c", "pass"], *cases.values()], RUNS)
    for case, cost in zip(cases, rest, strict=True):
        print(f"{case}: {cost.cpu / bare.cpu:.1f} times the CPU of python -c pass ({cost.cpu * 1000:.0f} ms)")


if __name__ == "__main__":
    main()
