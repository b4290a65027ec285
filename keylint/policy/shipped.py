"""Where the shipped rules are, and what the names of their packs begin with."""

from __future__ import annotations

import os

BUILT_IN = "keylint:"


def rules_folder() -> str:
    """Return where the shipped packs are: inside the installed package, or beside it in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    installed = os.path.join(package, "rules")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(package), "rules")
