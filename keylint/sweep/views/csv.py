"""Comma-separated values, for spreadsheets: one open finding a line."""

from __future__ import annotations

from keylint.reporters import Style
from keylint.reporters.csv import COLUMNS, cells, line
from keylint.sweep.overview import Overview, exposed_days
from keylint.sweep.views import View


def render(about: Overview, _style: Style) -> str:
    """Return a line of names and one a finding."""
    new = {one.key for one in about.new}
    lines = [line(("repository", "owner", "new", "exposed_days", *COLUMNS))]
    for one in about.open:
        is_new = "yes" if one.key in new else "no"
        days = str(exposed_days(one, about.sweep.day))
        lines.append(line((one.target, one.owner, is_new, days, *cells(one.finding))))
    return "".join(lines)


VIEW = View(render)
