"""Install keylint for the action: into an environment of its own, from the action's checkout or a release."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?")
_OLDEST = (3, 10)


def main() -> int:
    """Return the exit code; 2 for an input that cannot be."""
    version = os.environ.get("KEYLINT_VERSION", "")
    if version and not _VERSION.fullmatch(version):
        print("::error title=keylint::input 'version' is no version such as 0.1.0")
        return 2
    if sys.version_info < _OLDEST:
        print("::error title=keylint::keylint needs Python 3.10 or newer; set the input 'python-version'")
        return 2
    folder = Path(os.environ["RUNNER_TEMP"], "keylint-environment")
    venv.create(folder, with_pip=True, clear=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    what = f"keylint=={version}" if version else str(Path(__file__).resolve().parent.parent)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", what]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
