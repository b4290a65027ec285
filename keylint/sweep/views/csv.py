"""Comma-separated values, for spreadsheets: one open finding a line."""

from __future__ import annotations

from collections.abc import Iterator

from keylint.reporters import Style
from keylint.reporters.csv import COLUMNS, cells, line
from keylint.sweep.overview import Overview, exposed_days
from keylint.sweep.views import View


def render(about: Overview, _style: Style) -> Iterator[str]:
    """Yield a line of names and one a finding."""
    yield line(("repository", "owner", "new", "exposed_days", *COLUMNS))
    for one in about.listed("open"):
        is_new = "yes" if one.new else "no"
        days = str(exposed_days(one, about.sweep.day))
        yield line((one.target, one.owner, is_new, days, *cells(one.finding)))


VIEW = View(render)
