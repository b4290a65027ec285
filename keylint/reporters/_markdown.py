"""Texts of strangers inside Markdown: nothing in them is markup, a link or a mention."""

from __future__ import annotations

import re

from keylint.reporters._wording import visible

_MARKUP = re.compile(r"[\\`*_{}\[\]<>#!|&~^$]")
# GitHub and GitLab link these after they have read the markup; a comment inside breaks them.
_LINKED = re.compile(r"@(?=\w)|(?<=:)//|(?i:www)(?=\.)|&#35;(?=\w)|[%!](?=\d)")


def plain(text: str) -> str:
    """Return a text for running text; what it has in backticks is code."""
    pieces = visible(text).split("`")
    if len(pieces) % 2 == 0:  # a backtick without its other half
        return _plain(visible(text))
    return "".join(code(piece) if place % 2 else _plain(piece) for place, piece in enumerate(pieces))


def code(text: str) -> str:
    """Return a text as code, on one line, also in a table. Not backticks: tables split them at every bar."""
    return f"<code>{_entities(visible(text))}</code>" if text else ""


def _plain(text: str) -> str:
    return _LINKED.sub(lambda match: f"{match[0]}<!-- -->", _entities(text))


def _entities(text: str) -> str:
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", text)
