"""Facts about the outside world, as data: one YAML file a subject, with its sources; extend the file, not the code."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def load(name: str) -> Any:
    """Return the values of a data file.

    They are read from the JSON that `make docs` writes from the YAML, in a fifth of the time; a test compares the two.
    """
    import json
    import pkgutil

    text = pkgutil.get_data(__name__, f"{name}.json")
    assert text is not None
    return json.loads(text)
