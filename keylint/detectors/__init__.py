"""Documents to facts. One file a detector; each exports DETECTOR and is found by its file name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from keylint.documents.document import Document
from keylint.model import Fact, Skip


class Detector(NamedTuple):
    """What a detector module exports. `find` sees one document and knows nothing of rules.

    `wants` names paths whose files it must see even if the sieve finds nothing in them; `words`, in lower case,
    mark files by what they hold, in any case.

    `past`: it looks at what only git remembers, too, where `versions` marks files instead of words. That makes what is
    asked of one version after the other, and may compare each with the one before.
    """

    find: Callable[[Document], Iterator[Fact | Skip]]
    wants: Callable[[str], bool] | None = None
    words: tuple[bytes, ...] = ()
    past: bool = False
    versions: Callable[[], Callable[[bytes], bool]] | None = None
