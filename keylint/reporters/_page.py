"""What pages for people share: one file that loads nothing, its findings as rows, text that cannot be markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from keylint.model import Finding
from keylint.reporters._wording import confidence, dump, plural, unarmed, visible, why_suppressed

if TYPE_CHECKING:
    from markupsafe import Markup

# Where a piece of a page lies: a package, and a file under it.
Part = tuple[str, str]

# Rows that are written as markup, too.
WITHOUT_SCRIPTS = 100
_MOST_PLACES = 20


def written(parts: Sequence[Part], data: Mapping[str, object], **values: object) -> str:
    """Return a page made of templates (the first is the page, and names the others), styles and scripts.

    The browser runs only the script, and takes only the style, whose hashes the page names. `data` is for the script.
    """
    from jinja2 import DictLoader, Environment, StrictUndefined
    from markupsafe import Markup

    texts = {file.rpartition("/")[2]: _part(package, file) for package, file in parts}
    style, script = ("".join(text for name, text in texts.items() if name.endswith(end)) for end in (".css", ".js"))
    templates = {name: text for name, text in texts.items() if name.endswith(".jinja")}
    environment = Environment(
        loader=DictLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=lambda value: _harmless(value) if type(value) is str else value,
    )
    environment.filters["prose"] = _prose
    # In a script element only these three characters could end it or begin a comment.
    told = dump(data, indent=None).translate({ord(character): f"\\u{ord(character):04x}" for character in "<>&"})
    shown = environment.get_template(next(iter(templates))).render(
        **values,
        data=Markup(told),  # noqa: S704  escaped above, for a script element
        style=Markup(style),  # noqa: S704  keylint's own
        script=Markup(script),  # noqa: S704  keylint's own
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    return unarmed(shown, "&#91;")


def row(finding: Finding, base: str = "") -> dict[str, object]:
    """Return what a page says of a finding, by the names that listing.js knows."""
    fact, suppression, commit = finding.fact, finding.suppression, finding.fact.commit
    made: dict[str, object] = {
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
        made.update(line=before + at + after, start=len(before), width=len(at))
    return made


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


def _prose(text: str) -> Markup:
    """Return a text in which what stands in backticks is code, as listing.js does it, too."""
    from markupsafe import Markup

    pieces = _harmless(text).split("`")
    if len(pieces) % 2 == 0:  # a backtick without its other half
        return Markup("{}").format(_harmless(text))
    plain, code = Markup("{}"), Markup("<code>{}</code>")
    return Markup("").join((code if place % 2 else plain).format(piece) for place, piece in enumerate(pieces))


def _harmless(text: str) -> str:
    """Return a text with its lines, but nothing that commands the terminal a page is printed on."""
    return "\n".join(visible(line) for line in text.split("\n"))


def _part(package: str, file: str) -> str:
    import pkgutil

    text = pkgutil.get_data(package, file)
    assert text is not None
    return text.decode().replace("\r\n", "\n")


def _hash(text: str) -> str:
    from base64 import b64encode
    from hashlib import sha256

    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
