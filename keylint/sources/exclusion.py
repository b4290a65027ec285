"""What the user's policy leaves out of a listing: counted, never silently gone."""

from __future__ import annotations

from collections.abc import Callable

from keylint.model import Skip
from keylint.sources import Listing


def without(listing: Listing, is_excluded: Callable[[str], bool]) -> Listing:
    """Return a listing without the files that are excluded, which it counts as skipped."""
    kept = tuple(entry for entry in listing.entries if not is_excluded(entry.path))
    left = {entry.path for entry in listing.entries} - {entry.path for entry in kept}
    skipped = {Skip(path, "excluded", "by the configuration") for path in left}
    late = listing.late
    return listing._replace(
        entries=kept,
        skipped=tuple(sorted({*listing.skipped, *skipped})),
        late=None if late is None else lambda: without(late(), is_excluded),
    )
