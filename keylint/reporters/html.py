"""One HTML file for people: charts, a table to sort and search, why and what to do. It loads nothing from anywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from keylint.model import SEVERITIES, Finding, Report, Skip
from keylint.reporters import Reporter, Style
from keylint.reporters._wording import (
    confidence,
    dump,
    gravest_first,
    plural,
    rules_of,
    size,
    unarmed,
    visible,
    why_suppressed,
)
from keylint.summary import counts, incomplete

if TYPE_CHECKING:
    from markupsafe import Markup

_WITHOUT_SCRIPTS = 100
_MOST_SKIPPED = 500
_MOST_PLACES = 20
_MOST_BARS = 10
# Units: the picture's own, of which it is 420 wide.
_WIDEST_BAR = 200
_LONGEST_LABEL = 17
# Units: days.
_AGES = (30, 60, 90, 180, 365)


class Bar(NamedTuple):
    """A bar of a chart; `label` is what of `whole` there is room for."""

    label: str
    whole: str
    kind: str
    number: int
    width: float


class Chart(NamedTuple):
    """A chart, and what a screen reader says of it."""

    title: str
    spoken: str
    bars: tuple[Bar, ...]


def render(report: Report, _style: Style) -> str:
    """Return the page. The browser runs only the script, and takes only the style, whose hashes it names."""
    from jinja2 import DictLoader, Environment, StrictUndefined
    from markupsafe import Markup

    style, script, page = map(_part, ("page.css", "page.js", "page.html.jinja"))
    environment = Environment(
        loader=DictLoader({"page": page}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=lambda value: _harmless(value) if type(value) is str else value,
    )
    environment.filters["prose"] = _prose
    findings = gravest_first(report.findings)
    rows = [_row(finding, report.base) for finding in findings]
    rules = rules_of(report.rules, report.findings)
    found = Counter(finding.rule for finding in report.findings)
    # In a script element only these three characters could end it or begin a comment.
    data = dump(rows, indent=None).translate({ord(character): f"\\u{ord(character):04x}" for character in "<>&"})
    shown = environment.get_template("page").render(
        report=report,
        verdict=_verdict(report),
        missed=_count_of(len(incomplete(report))),
        counts=counts(report),
        charts=_charts(report),
        severities=tuple(reversed(SEVERITIES)),
        rules=[rule for rule in rules.values() if rule.id in found],
        silent=[rule for rule in rules if rule not in found],
        found=found,
        rows=rows[:_WITHOUT_SCRIPTS],
        skipped=[
            skip._replace(path=visible(skip.path), detail=visible(skip.detail))
            for skip in (*incomplete(report), *_by_policy(report))[:_MOST_SKIPPED]
        ],
        data=Markup(data),  # noqa: S704  escaped above, for a script element
        style=Markup(style),  # noqa: S704  keylint's own
        script=Markup(script),  # noqa: S704  keylint's own
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    return unarmed(shown, "&#91;")


def _harmless(text: str) -> str:
    """Return a text of a rule with its lines, but nothing that commands the terminal a page is printed on."""
    return "\n".join(visible(line) for line in text.split("\n"))


def _prose(text: str) -> Markup:
    """Return a text in which what stands in backticks is code, as page.js does it, too."""
    from markupsafe import Markup

    text = _harmless(text)
    pieces = text.split("`")
    if len(pieces) % 2 == 0:  # a backtick without its other half
        return Markup("{}").format(text)
    plain, code = Markup("{}"), Markup("<code>{}</code>")
    return Markup("").join((code if place % 2 else plain).format(piece) for place, piece in enumerate(pieces))


def _part(name: str) -> str:
    import pkgutil

    text = pkgutil.get_data("keylint.reporters", f"page/{name}")
    assert text is not None
    return text.decode().replace("\r\n", "\n")


def _hash(text: str) -> str:
    from base64 import b64encode
    from hashlib import sha256

    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _by_policy(report: Report) -> Iterable[Skip]:
    missed = set(incomplete(report))
    return (skip for skip in report.scanned.skipped if skip not in missed)


def _count_of(missed: int) -> str:
    return plural(missed, "input") if missed else ""


def _verdict(report: Report) -> str:
    number = counts(report)
    suppressed = number.pop("suppressed")
    total = sum(number.values())
    verdict = plural(total, "finding") if total else "No findings"
    if suppressed:
        verdict += f", {suppressed:,} suppressed,"
    return f"{verdict} in {plural(report.scanned.files, 'file')} ({size(report.scanned.bytes)})"


def _row(finding: Finding, base: str) -> dict[str, object]:
    fact, suppression, commit = finding.fact, finding.suppression, finding.fact.commit
    row: dict[str, object] = {
        "severity": finding.severity,
        "rule": finding.rule,
        "place": f"{visible(base + fact.location.path)}:{fact.location.line}:{fact.location.column}",
        "message": visible(finding.message),
        "evidence": f"{finding.evidence}, {confidence(finding)} confidence",
        "remediation": finding.remediation,
        "also": _also(finding, base),
        "suppressed": "" if suppression is None else visible(why_suppressed(suppression)),
        "commit": "" if commit is None else visible(f"{commit.id[:12]} by {commit.author}, {commit.date}"),
        "facts": ", ".join(name if value is True else f"{name} {_value(value)}" for name, value in _facts(finding)),
        "fingerprint": finding.fingerprint,
        "line": "",
    }
    if fact.excerpt is not None:
        text, start, width = fact.excerpt
        before, at = visible(text[:start]), visible(text[start : start + width])
        after = visible(text[start + width :])
        row.update(line=before + at + after, start=len(before), width=len(at))
    return row


def _facts(finding: Finding) -> Iterable[tuple[str, object]]:
    return (
        (name, value)
        for name, value in finding.fact.attributes.items()
        if name not in ("confidence", "digest", "because", "label") and value not in (None, "", False, (), [])
    )


def _value(value: object) -> str:
    return visible(", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value))


def _also(finding: Finding, base: str) -> str:
    shown = [f"{visible(base + place.path)}:{place.line}" for place in finding.occurrences[:_MOST_PLACES]]
    more = len(finding.occurrences) - len(shown)
    return ", ".join(shown) + (f" and {plural(more, 'more place')}" if more else "")


def _charts(report: Report) -> list[Chart]:
    counted = [finding for finding in report.findings if finding.suppression is None]
    if not counted:
        return []
    by_severity = Counter(finding.severity for finding in counted)
    groups = {rule.id: rule.group for rule in report.rules}
    by_group = Counter(groups.get(finding.rule) or "other" for finding in counted)
    by_path = Counter(finding.fact.location.path for finding in counted)
    keys = {
        str(finding.fact.attributes.get("id") or finding.fact.identity): finding.fact.attributes.get("age_days")
        for finding in report.findings
        if finding.fact.target == "key"
    }
    ages = Counter(map(_age, keys.values()))
    order = [_age(None), *map(_age, (*_AGES, _AGES[-1] + 1))]
    charts = [_chart("By severity", [(one, by_severity[one]) for one in reversed(SEVERITIES)], is_severity=True)]
    if keys:
        charts.append(_chart("Age of the keys found wanting", [(one, ages[one]) for one in order if ages[one]]))
    charts.append(_chart("By group of rules", by_group.most_common(_MOST_BARS)))
    paths = sorted(by_path.items(), key=lambda item: (-item[1], item[0]))[:_MOST_BARS]
    return [*charts, _chart("By path", paths)]


def _age(days: object) -> str:
    if not isinstance(days, int):
        return "unknown"
    least = 0
    for most in _AGES:
        if days <= most:
            return f"{least} to {most} days"
        least = most + 1
    return f"over {_AGES[-1]} days"


def _chart(title: str, values: list[tuple[str, int]], *, is_severity: bool = False) -> Chart:
    most = max(count for _, count in values)
    bar = partial(_bar, most=most, is_severity=is_severity)
    bars = tuple(bar(visible(name), count) for name, count in values)
    return Chart(title, f"{title}: " + ", ".join(f"{one.whole} {one.number}" for one in bars), bars)


def _bar(name: str, count: int, *, most: int, is_severity: bool) -> Bar:
    label = name if len(name) <= _LONGEST_LABEL else f"…{name[1 - _LONGEST_LABEL :]}"
    return Bar(label, name, name if is_severity else "", count, round(max(1.0, _WIDEST_BAR * count / most), 1))


REPORTER = Reporter(render, explains=True)
