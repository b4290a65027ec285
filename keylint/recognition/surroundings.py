"""What stands around a run of 64 alphanumerics: most often it is a piece of something longer."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Literal, NamedTuple

from keylint.documents.document import Document
from keylint.sieve import KEY_LENGTH, has_all_classes, is_hex

Surroundings = Literal["free", "glued", "armour", "base64", "digest", "ssh-key", "data-uri", "jwk", "jwt"]

_DIGEST_NAME = re.compile(r"(?i)(?<![A-Za-z0-9])(?:sha-?(?:1|2|224|256|384|512)|md5|blake2[bs]?|h1)[-:=]$")
_DATA_URI = re.compile(r"(?i)data:[\w.+-]+/[\w.+;=-]*,$|;base64,\s*$")
_SSH = re.compile(r"(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S+|sk-\S+@openssh\.com)\s+$")
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{4,}\.(?:[A-Za-z0-9_-]*\.)?$")
# JSON Web Keys have these members; 48-byte ones are 64 characters of base64url.
_JWK_MEMBER = re.compile(r"""["']?\b(?:x|y|d|n|e|p|q|dp|dq|qi|k|x5t|kid)["']?\s*[:=]\s*["']$""")
_JWK_TYPE = re.compile(r"""\b(?:kty|crv|jwk|key_ops)\b""")
# How much of the text before a run these look at. Units: characters.
_BEFORE = 60
_JWT_REACH = 800


def surroundings(document: Document, start: int, end: int) -> Surroundings:
    """Return what a run is a piece of; `free` if it stands by itself. Units: half-open offsets."""
    text = document.text
    before = text[max(0, start - _BEFORE) : start]
    if _DIGEST_NAME.search(before):
        return "digest"
    if before.endswith(".") and _JWT.search(text, max(0, start - _JWT_REACH), start):
        return "jwt"
    if _is_glued_before(text, start) or _is_glued_after(text, end):
        return "jwt" if text.startswith("eyJ", start) else "glued"
    if _DATA_URI.search(before):
        return "data-uri"
    if _SSH.search(before):
        return "ssh-key"
    if in_armour(document, start):
        return "armour"
    if not is_hex(text[start:end].encode("ascii", "replace")) and _among_base64(document, start, end):
        return "base64"
    if _JWK_MEMBER.search(before) and _JWK_TYPE.search(text, max(0, start - 400), end + 400):
        return "jwk"
    return "free"


# --- Glue: a run that goes on with `+`, `/`, `_`, `-` or `=` is a piece of base64, a path, a slug or an identifier.

_GLUE = frozenset("+/_-")
_ENCODED_GLUE_BEFORE = re.compile(r"(?:\\/|%2[BbFf]|\\u00(?:2[bBfF]))$")
_ENCODED_GLUE_AFTER = re.compile(r"\\/|%2[BbFf]|%3[Dd]|\\u00(?:2[bBfF]|3[dD])")
_SHELL_DEFAULT = re.compile(r"\$\{\w+:?-$")


def _is_glued_before(text: str, start: int) -> bool:
    before = text[max(0, start - _BEFORE) : start]
    sign = before[-1:]
    if sign not in _GLUE:
        # A `=` is an assignment, not padding: rejecting it costs one key in twenty.
        return _ENCODED_GLUE_BEFORE.search(before) is not None
    if before.endswith("://"):
        # The user of a URL.
        return text[start + KEY_LENGTH : start + KEY_LENGTH + 1] not in (":", "@")
    if before.endswith(("//", "--")):
        # A comment or an option's dashes; `--` after a word or a slash is none.
        return before[-3:-2].isalnum() or before[-3:-2] in _GLUE
    if sign == "-" and (before.endswith("<!-") or _SHELL_DEFAULT.search(before)):
        return False
    if sign in "-+":
        # A removed or added line of a diff, a bullet; also with its line feed written out.
        rest = before[:-1]
        if not rest or rest[-1] in "\r\n" or rest.endswith("\\n"):
            return False
    if sign == "_" and not _is_part(before.rstrip("_")[-1:]):
        # Markdown emphasis.
        return False
    return not _is_key(text, start - 1 - KEY_LENGTH)


def _is_glued_after(text: str, end: int) -> bool:
    sign = text[end : end + 1]
    following = text[end + 1 : end + 2]
    if sign not in _GLUE and sign != "=":
        return _ENCODED_GLUE_AFTER.match(text, end) is not None
    if sign == "_" and not _is_part(text[end : end + 4].lstrip("_")[:1]):
        return False
    if sign == "/" and not following.isalnum() and following not in _GLUE and following != "=":
        return False
    if following == ">" and sign in "-=":
        return False
    if text.startswith("-->", end):
        return False
    return not _is_key(text, end + 1)


def _is_part(character: str) -> bool:
    return character.isalnum() or character in _GLUE


def _is_key(text: str, start: int) -> bool:
    """Tell whether exactly 64 alphanumerics of all classes stand somewhere: the other half of `KEY/SECRET`."""
    value = text[max(0, start) : start + KEY_LENGTH]
    if len(value) < KEY_LENGTH or not (value.isascii() and value.isalnum() and has_all_classes(value.encode())):
        return False
    around = text[max(0, start - 1) : start] + text[start + KEY_LENGTH : start + KEY_LENGTH + 1]
    return not any(sign.isalnum() or sign == "+" for sign in around)


# --- Wrapped base64: lines, literals of a list or pieces of a string of one width, some with `+` or `/`.

_TOKEN = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]{2,}={1,2}")
# Words before a token make it a value with a name; the prefixes of string literals do not.
_NAMED = re.compile(r"[A-Za-z0-9]{2,}|[^\W\dbBrRuUfFLnt]")
_LONGEST_LINE = 240
_MOST_LINES = 40
_PIECE_BEFORE = re.compile(r"""(?P<piece>[A-Za-z0-9+/]{64})(?:\\{1,2}[nr]|[\s"'`,+.\\])+$""")
_PIECE_AFTER = re.compile(r"""(?:\\{1,2}[nr]|[\s"'`,+.\\])+(?!//)(?P<piece>[A-Za-z0-9+/]{64})""")
_PRIVATE_KEY_STARTS = ("MC4C", "MII")


class _Line(NamedTuple):
    """A line with one token that may be base64."""

    prefix: str
    token: str


def _among_base64(document: Document, start: int, end: int) -> bool:
    text = document.text
    for piece in (_PIECE_BEFORE.search(text, max(0, start - 90), start), _PIECE_AFTER.match(text, end, end + 90)):
        if piece and _is_base64_data(piece["piece"]):
            return True
    line = document.line_number(start)
    own = _line(document, line)
    if own is None or len(own.token) != end - start:
        return False
    above = _stack(document, line, -1, own)
    below = _stack(document, line, 1, own)
    width = len(above[0].token) if above else len(own.token)
    lines = [*above, *below]
    if any("+" in one.token or "/" in one.token for one in lines if len(one.token) >= width):
        return True
    if width > len(own.token):
        return bool(above)
    return any(one.token.endswith("=") for one in lines) and len(lines) > 1


def _stack(document: Document, line: int, step: int, own: _Line) -> list[_Line]:
    """Return the lines above or below of the same width: above it may be larger, the last below shorter."""
    lines: list[_Line] = []
    width = len(own.token)
    for distance in range(1, _MOST_LINES):
        one = _line(document, line + step * distance)
        if one is None or one.token.startswith(_PRIVATE_KEY_STARTS) or not _goes_on(own, one):
            break
        if step < 0 and not lines and len(one.token) > width:
            width = len(one.token)
        if len(one.token) != width:
            if step > 0 and len(one.token) < width and (lines or _is_base64_data(one.token)):
                lines.append(one)
            break
        lines.append(one)
    return lines


def _line(document: Document, number: int) -> _Line | None:
    first, last = document.line_span(number)
    if last == first or last - first > _LONGEST_LINE:
        return None
    text = document.text[first:last]
    # The sign of a diff, the start of a comment.
    text = text[1:] if text[0] in "+-" else text
    text = text.lstrip().removeprefix("//")
    tokens = list(_TOKEN.finditer(text))
    if len(tokens) != 1:
        return None
    return _Line("".join(text[: tokens[0].start()].split()), tokens[0][0])


def _goes_on(own: _Line, other: _Line) -> bool:
    """Tell whether two lines are of one literal: the same before their tokens, or nothing but signs before one."""
    return own.prefix == other.prefix or not _NAMED.search(other.prefix) or not _NAMED.search(own.prefix)


def _is_base64_data(token: str) -> bool:
    mixed = has_all_classes(token.encode("ascii"))
    return mixed and ("+" in token or "/" in token) and not token.startswith(_PRIVATE_KEY_STARTS)


# --- Armour: what stands between -----BEGIN and -----END of the same label and is mostly base64.

# Far enough for the largest body.
_ARMOUR_REACH = 100_000
_BEGIN = re.compile(r"-----BEGIN (?P<label>[A-Z0-9 ]{1,60})-----")
_ARMOUR_TOKEN = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
_LINE_END = re.compile(r"\\+[nr]|&#(?:10|13|[xX]0?[aAdD]);|%0[aAdD]")
_ARMOUR_TAIL = re.compile(r"[A-Za-z0-9+/]{2,15}={0,2}(?=[^A-Za-z0-9]*$)")
# A body has a line end, and perhaps quotes and a sign, for each 64 characters; code between the two has words.
_ARMOUR_SHARE = 0.7


class Armour(NamedTuple):
    """An armoured block. Units: half-open offsets of the whole block. `body` is its base64 without line ends."""

    label: str
    start: int
    end: int
    inside: str
    body: str


def armours(document: Document) -> list[Armour]:
    """Return the armoured blocks of a document, in order."""
    return document.once(_armours)


def in_armour(document: Document, offset: int) -> bool:
    """Tell whether an offset stands in an armoured block.

    Code that merely names the armour (`startswith("-----BEGIN ")`) hides no key below it.
    """
    blocks = armours(document)
    place = bisect_right(blocks, offset, key=lambda block: block.start) - 1
    return place >= 0 and offset < blocks[place].end


def _armours(document: Document) -> list[Armour]:
    text = document.text
    if "-----BEGIN " not in text:
        return []
    blocks: list[Armour] = []
    for match in _BEGIN.finditer(text):
        following = text.find("-----BEGIN ", match.end(), match.end() + _ARMOUR_REACH)
        closing = f"-----END {match['label']}-----"
        end = text.find(closing, match.end(), following if following >= 0 else match.end() + _ARMOUR_REACH)
        inside = _LINE_END.sub("\n", text[match.end() : end]) if end >= 0 else ""
        tokens = _ARMOUR_TOKEN.findall(inside)
        if tokens and sum(map(len, tokens)) >= _ARMOUR_SHARE * len("".join(inside.split())):
            tail = _ARMOUR_TAIL.search(inside[inside.rfind(tokens[-1]) + len(tokens[-1]) :])
            body = "".join(tokens) + (tail[0] if tail else "")
            blocks.append(Armour(match["label"], match.start(), end + len(closing), inside, body))
    return blocks
