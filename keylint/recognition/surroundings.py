"""What stands around a run of 64 alphanumerics: most often it is a piece of something longer."""

from __future__ import annotations

import re
from typing import Literal

from keylint.documents.document import Document

Surroundings = Literal["free", "glued", "armour", "base64-lines", "digest", "ssh-key", "data-uri", "jwk"]

# A run that goes on with one of these is a piece of base64, a path, a slug or an identifier. A `=` before
# is an assignment (rejecting it costs one key in twenty); after, it is padding.
_GLUE_BEFORE = frozenset("+/_-")
_GLUE_AFTER = frozenset("+/_-=")
_ESCAPED_SLASH = ("\\/", "%2B", "%2F", "%2b", "%2f", "%3D", "%3d")
_ESCAPED_PLUS = re.compile(r"\\u00(?:2[bBfF]|3[dD])")

_DIGEST_NAME = re.compile(r"(?i)(?:sha-?(?:1|2|224|256|384|512)|md5|blake2[bs]?|h1)[-:=]$")
_DATA_URI = re.compile(r"(?i)data:[\w.+-]+/[\w.+;=-]*,$|;base64,\s*$")
_SSH = re.compile(r"(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S+|sk-\S+@openssh\.com)\s+$")
_SHELL_DEFAULT = re.compile(r"\$\{\w+:?-$")
# Far enough for the largest armoured body, near enough to stay cheap.
_ARMOUR_REACH = 20_000
_BEGIN = "-----BEGIN "
_ARMOUR_FIELD = re.compile(r"(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|MessageID): [^\n\\]*")
_ARMOUR_BREAK = re.compile(r"""(?:\\[nr]|[\s"'`\\#*>|])+""")
_ARMOUR_TOKEN = re.compile(r"[A-Za-z0-9+/=]{16,}|[+.,;&_]*")
_BASE64 = re.compile(r"[A-Za-z0-9+/=]*")

# A line of wrapped base64: perhaps a comment sign, quotes, `+`, a comma or a written `\n` around it.
_BASE64_LINE = re.compile(
    r"""[\s#*/>|;]*["'`]?(?P<body>[A-Za-z0-9+/_-]{16,}={0,2}|[A-Za-z0-9+/]{2,}={1,2})(?:\\r)?(?:\\n)?["'`]?[\s,;+.\\)\]]*"""
)
_MOST_LINES = 40
# Quoted lines of the same width without any + or / are a list of keys: of four lines of base64 one in 3,600.
_KEYS_IN_A_ROW = 4

# JSON Web Keys have these members; 48-byte ones are 64 characters of base64url.
_JWK_MEMBER = re.compile(r"""["']?\b(?:x|y|d|n|e|p|q|dp|dq|qi|k|x5t|kid)["']?\s*[:=]\s*["']$""")
_JWK_TYPE = re.compile(r"""\b(?:kty|crv|jwk|key_ops)\b""")


def surroundings(document: Document, start: int, end: int) -> Surroundings:
    """Return what a run is a piece of; `free` if it stands by itself. Units: half-open offsets."""
    text = document.text
    before = text[max(0, start - 60) : start]
    after = text[end : end + 6]
    if _DIGEST_NAME.search(before):
        return "digest"
    if before[-1:] in _GLUE_BEFORE and not _is_separator_before(before):
        return "glued"
    if after[:1] in _GLUE_AFTER and not _is_separator_after(text, end):
        return "glued"
    if after.startswith(_ESCAPED_SLASH) or _ESCAPED_PLUS.match(after):
        return "glued"
    if before.endswith(_ESCAPED_SLASH) or _ESCAPED_PLUS.search(before[-6:]):
        return "glued"
    if _DATA_URI.search(before):
        return "data-uri"
    if _SSH.search(before):
        return "ssh-key"
    if _among_base64_lines(document, start, end):
        return "base64-lines"
    if in_armour(text, start):
        return "armour"
    if _JWK_MEMBER.search(before) and _JWK_TYPE.search(text, max(0, start - 400), end + 400):
        return "jwk"
    return "free"


def in_armour(text: str, offset: int) -> bool:
    """Tell whether an offset stands in the body after a -----BEGIN line: nothing but base64 between the two.

    Code that merely names the armour (`startswith("-----BEGIN ")`) hides no key below it.
    """
    begin = text.rfind(_BEGIN, max(0, offset - _ARMOUR_REACH), offset)
    opened = text.find("-----", begin + len(_BEGIN), offset) if begin >= 0 else -1
    return opened >= 0 and armour_body(text[opened + 5 : offset]) is not None


def armour_body(text: str) -> str | None:
    """Return the base64 of an armoured block without line ends, quotes and header fields; None if it is no base64."""
    tokens = _ARMOUR_BREAK.split(_ARMOUR_FIELD.sub("", text))
    if not all(_ARMOUR_TOKEN.fullmatch(token) for token in tokens[:-1]) or not _BASE64.fullmatch(tokens[-1]):
        return None
    return "".join(token for token in tokens if token.strip("+.,;&_"))


def _is_separator_before(before: str) -> bool:
    """Tell a `--` option, a Markdown rule or a list dash from base64: it follows white space or opens a line."""
    sign = before[-1:]
    if sign == "/":
        # A comment opener `//KEY`, not the path `host/KEY`.
        return before.endswith("//") and not before.endswith("://") and not before[-3:-2].isalnum()
    if sign == "-" and (before.endswith("<!--") or _SHELL_DEFAULT.search(before)):
        return True
    if sign in "-+":
        # A removed or added line of a diff, a bullet.
        rest = before[:-1]
        return not rest or rest[-1] in "\r\n"
    if sign == "_":
        # Markdown emphasis.
        return not before[-2:-1].isalnum() and before[-2:-1] not in ("/", "+", "-")
    return False


def _is_separator_after(text: str, end: int) -> bool:
    sign = text[end]
    following = text[end + 1 : end + 2]
    if sign == "_":
        return not following.isalnum() and following not in ("/", "+", "-")
    if sign == "=":
        # `name=` would be a key used as a name; padding is followed by no value.
        return False
    if sign == "/":
        # A comment `KEY // the old one` has a space before; `KEY/>` closes an XML element.
        return following == ">"
    if sign == "-":
        # `KEY-->` closes a comment.
        return text.startswith("-->", end)
    return False


def _among_base64_lines(document: Document, start: int, end: int) -> bool:
    """Tell whether a line is one of a stack of wrapped base64 and not one of a few key lines."""
    line = document.line_number(start)
    first, last = document.line_span(line)
    if last - first > 200:
        return False
    own = _body(document, line)
    if own is None or len(own) != end - start:
        return False
    bodies: list[str] = []
    for step in (-1, 1):
        for distance in range(1, _MOST_LINES):
            body = _body(document, line + step * distance)
            if body is None:
                break
            bodies.append(body)
    if not bodies:
        return False
    if any("+" in body or "/" in body or "=" in body for body in bodies):
        return True
    if len(bodies) < _KEYS_IN_A_ROW:
        # One to four lines that never show a + or /: keys, unless their width is that of wrapped text.
        return any(len(body) > len(own) for body in bodies)
    return not all(len(body) == len(own) for body in bodies)


def _body(document: Document, line: int) -> str | None:
    first, last = document.line_span(line)
    if last - first > 200:
        return None
    match = _BASE64_LINE.fullmatch(document.text, first, last)
    return match["body"] if match else None
