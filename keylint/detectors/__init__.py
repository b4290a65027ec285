"""Documents to facts. One file a detector; each exports DETECTOR and is found by its file name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from keylint.documents.document import Document
from keylint.model import Fact


class Detector(NamedTuple):
    """What a detector module exports. `find` sees one document and knows nothing of rules.

    `wants` names paths whose files it must see even if the sieve finds nothing in them.
    """

    find: Callable[[Document], Iterator[Fact]]
    wants: Callable[[str], bool] | None = None
