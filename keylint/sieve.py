"""Decide from raw bytes, in bulk, whether a file can hold anything of interest.

One pass of `bytes.translate` maps every alphanumeric byte to `a` and the rest to NUL, so that a run of
64 is one `find`: about 1 GB/s a core, where a regular expression with lookarounds does 60 MB/s. For large scans
hyperscan tells first which files hold no run at all (benchmarks/sieve.py shows the ratios).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple

KEY_LENGTH = 64

# What opens a private key: PEM armour, or the base64 of a bare PKCS#8 Ed25519 or RSA key.
ARMOUR = b"PRIVATE KEY-----"
ED25519_PREFIX = b"MC4CAQAwBQYDK2VwBCIEI"
RSA_MARKS = (b"IBADANBgkqhkiG9w0BAQEFAASC", b"IBAAKCAQEA")

Encoding = Literal["plain", "base64", "hex", "url", "escaped", "joined"]

_ALNUM = bytes(97 if 48 <= byte < 58 or 65 <= byte < 91 or 97 <= byte < 123 else 0 for byte in range(256))
_RUN = b"a" * KEY_LENGTH
# Of the pieces of a key that is put together one at least has so many characters.
LEAST_PIECE = 12
_PIECE = b"a" * LEAST_PIECE
# One in twelve random pieces of 12 has a smaller share, one in fifty of 32: not all pieces have to be recognised.
_LEAST_CHANGES = 0.45
_LEAST_OF_ALL = 30
# A literal's closing quote, escaped or not; a line's end, before it the sign of a line that goes on; a template's.
_ENDS = frozenset((b'"', b"'", b"`", b"\\", b"\r", b"\n", b"{", b"$", b"<", b" ", b""))
_GOES_ON = frozenset((b"/", b"_", b".", b"-"))
_CASES = bytes(
    100 if 48 <= byte < 58 else 117 if 65 <= byte < 91 else 108 if 97 <= byte < 123 else 0 for byte in range(256)
)
_HEX = b"0123456789abcdefABCDEF"
_JOINS = b"+/"

# What a key may be glued to in a longer run: the end of an escape of the text around it. `\nKEY`, `\x22KEY`,
# `\u0022KEY`, `%22KEY`, the colour `\x1b[31mKEY`, quoted-printable `=3DKEY`. Shape: sign before the run, start of it.
_ESCAPE = re.compile(rb"\\(?:[nrtbf]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})|%[0-9a-fA-F]{2}|[\[;]\d{0,3}m|=3[Dd]")
_LONGEST_ESCAPE = 5
# Base64 of 64 characters is 86 alphanumerics and "==", with a line feed 87 and "=", with
# carriage return and line feed 88; the padding may be missing (no alphanumeric
# byte makes a `+` or `/`). Hexadecimal of 64 characters is 128.
_BASE64_LENGTHS = (KEY_LENGTH + 22, KEY_LENGTH + 23, KEY_LENGTH + 24)
_HEX_LENGTH = 2 * KEY_LENGTH
# Of what has another length `read` makes nothing.
_LENGTHS = frozenset((*range(KEY_LENGTH, KEY_LENGTH + _LONGEST_ESCAPE + 1), *_BASE64_LENGTHS, _HEX_LENGTH))
# Of every three ASCII characters the first makes a base64 digit below 32, `A` to `f`; every first digit of an ASCII
# letter or digit in hexadecimal is 3 to 7, that of a line end 0. Random base64 keeps to either for so many in a row
# once in 65,000 runs.
_LOW_DIGITS = b"(?s).{0,3}?" + b"...".join([b"[A-Za-f]"] * (KEY_LENGTH // 4))
_LOW_NIBBLES = b"(?s)" + b".".join([b"[2-70]"] * (KEY_LENGTH // 2))


# What stands before the code of every character, by a byte of it; or there is a list of numbers of two digits and more.
_ESCAPE_SIGNS = {
    b"\\": ((b"\\x",), (b"\\u",), (b"\\0", b"\\1")),
    b"%": ((b"%",),),
    b"&": ((b"&#",),),
    b"(": ((b"chr(",),),
}
_NUMBERS = bytes(1 if byte in b"0123456789xXabcdefABCDEF, \t\r\n" else 0 for byte in range(256))
_BLANKS = b" \t\r\n"
_LIST = b"\1" * (3 * KEY_LENGTH - 1)

# More than 64 characters take in whatever way that is looked for, blanks between them included.
_AROUND = 4096

# Of a shorter file all runs are judged before it is known what is new in it. Units: bytes.
_LEAST_OF_VERSIONS = 4 * _AROUND

# What is asked of so much is worth getting the quicker way ready. Units: bytes.
_LARGE = 1 << 20

# More than any run of interest and what stands before it: what two pieces of a file must share.
OVERLAP = 4 * KEY_LENGTH


class Run(NamedTuple):
    """64 alphanumerics, plain or encoded. Units: half-open offsets of what stands in the data."""

    start: int
    end: int
    value: bytes
    encoding: Encoding


def _holds_mark(data: bytes) -> bool:
    return ARMOUR in data or ED25519_PREFIX in data


class _Look:
    """How bytes are seen to hold no run, and none of the marks of a private key, at all; a quicker way if there is."""

    holds_run: Callable[[bytes], bool] | None = None
    holder: Callable[..., Callable[[bytes], bool]] | None = None
    holds_mark: Callable[[bytes], bool] = staticmethod(_holds_mark)


def accelerate() -> None:
    """Let hyperscan look from here on, where it is installed. It takes 5 ms to get ready."""
    if _Look.holds_run is not None:
        return
    try:
        import hyperscan
    except ImportError:
        return

    def holder(*patterns: bytes, caseless: bool = False) -> Callable[[bytes], bool]:
        # One database each: together they take ten times as long to compile and are no faster.
        database = hyperscan.Database()
        flags = hyperscan.HS_FLAG_SINGLEMATCH | (hyperscan.HS_FLAG_CASELESS if caseless else 0)
        database.compile(expressions=patterns, flags=flags)
        database.scratch = hyperscan.Scratch(database)
        scan = database.scan
        seen: list[object] = []

        def note(*match: object) -> None:
            seen.append(match)

        def holds(data: bytes) -> bool:
            scan(data, note)
            if not seen:
                return False
            seen.clear()
            return True

        return holds

    _Look.holds_run = holder(b"[A-Za-z0-9]{%d}" % KEY_LENGTH)
    _Look.holds_mark = holder(ARMOUR, ED25519_PREFIX)
    _Look.holder = holder


def runs(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the maximal runs of at least 64 alphanumerics as half-open offsets."""
    return iter(()) if _Look.holds_run is not None and not _Look.holds_run(data) else _runs(data)


def _runs(data: bytes) -> Iterator[tuple[int, int]]:
    classes = data.translate(_ALNUM)
    start = classes.find(_RUN)
    while start >= 0:
        end = classes.find(b"\0", start + KEY_LENGTH)
        if end < 0:
            end = len(data)
        yield start, end
        start = classes.find(_RUN, end)


def pieces(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield what may be pieces of a key as half-open offsets: shorter runs that look random, where something ends."""
    classes = data.translate(_ALNUM)
    start = classes.find(_PIECE)
    if start < 0:
        return
    cases = data.translate(_CASES)
    while start >= 0:
        end = classes.find(b"\0", start + LEAST_PIECE)
        if end < 0:
            end = len(data)
        # Most runs are identifiers, and most of those without digits: on to the next digit at once.
        digit = cases.find(b"d", start)
        if digit < 0:
            return
        if digit >= end:
            start = classes.find(_PIECE, classes.rfind(b"\0", end, digit) + 1)
            continue
        if end - start < KEY_LENGTH and _is_apart(data, start, end) and not is_hex(data[start + 2 : end]):
            kinds = cases[start:end]
            if b"l" in kinds and b"u" in kinds and _changes_enough(kinds, _LEAST_CHANGES):
                yield start, end
        start = classes.find(_PIECE, end)


def _is_apart(data: bytes, start: int, end: int) -> bool:
    """Tell whether something ends with a run, and begins with it: digests go on with the other signs of base64."""
    after = data[end : end + 1]
    if after == b"=":  # quoted-printable has it before a line's end
        return data[end + 1 : end + 2] in (b"\r", b"\n", b"\\", b"")
    return after in _ENDS and data[start - 1 : start] not in _GOES_ON


def are_enough(data: bytes, found: Iterable[tuple[int, int]]) -> bool:
    """Tell whether pieces that stand close together may make a key."""
    close: list[tuple[int, bytes]] = []
    for start, end in found:
        close = [one for one in close if one[0] > start - _AROUND]
        close.append((start, data[start:end]))
        if sum(map(len, {piece for _, piece in close})) >= _LEAST_OF_ALL:
            return True
    return False


def holds_pieces(data: bytes) -> bool:
    """Tell whether there may be pieces of a key."""
    return are_enough(data, pieces(data))


def holds_escapes(data: bytes) -> bool:
    """Tell whether 64 characters may be written as escapes, or as a list of their codes."""
    # One byte is counted five times as fast as two.
    for byte, signs in _ESCAPE_SIGNS.items():
        if data.count(byte) >= KEY_LENGTH and any(sum(map(data.count, some)) >= KEY_LENGTH for some in signs):
            return True
    return next(number_lists(data), None) is not None


def number_lists(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where 64 numbers of two digits and more stand in a row, and nothing else, as half-open offsets."""
    classes = data.translate(_NUMBERS)
    start = classes.find(_LIST)
    while start >= 0:
        end = classes.find(b"\0", start + len(_LIST))
        if end < 0:
            end = len(data)
        if data.count(b",", start, end) >= KEY_LENGTH - 1 and len(data[start:end].translate(None, _BLANKS)) >= len(
            _LIST
        ):
            yield start, end
        start = classes.find(_LIST, end)


def differing(before: bytes, data: bytes) -> bytes:
    """Return what of a text is not as in another, from the first difference to the last, and what stands around it."""
    first, last = _difference(before, data)
    return data[max(0, first - _AROUND) : last + _AROUND]


def _difference(before: bytes, data: bytes) -> tuple[int, int]:
    """Return where a text stops to be as another, and where it is again to the end, as half-open offsets."""
    most = min(len(before), len(data))
    first, least = 0, most
    while first < least:
        middle = (first + least + 1) // 2
        if before[first:middle] == data[first:middle]:
            first = middle
        else:
            least = middle - 1
    same, least = 0, most - first
    ends = len(before), len(data)
    while same < least:
        middle = (same + least + 1) // 2
        if before[ends[0] - middle : ends[0] - same] == data[ends[1] - middle : ends[1] - same]:
            same = middle
        else:
            least = middle - 1
    return first, ends[1] - same


def looks_random(value: bytes, least: float) -> bool:
    """Tell letters and digits at random from words: of five neighbours at random three are of different class."""
    return _changes_enough(value.translate(_CASES), least)


def _changes_enough(kinds: bytes, least: float) -> bool:
    return sum(map(int.__ne__, kinds, kinds[1:])) >= least * (len(kinds) - 1)


def read(data: bytes, start: int, end: int) -> Run | None:
    """Return the 64 alphanumerics that a maximal run holds, decoded; None if it holds none."""
    length = end - start
    if length == KEY_LENGTH:
        return Run(start, end, data[start:end], "plain")
    if length <= KEY_LENGTH + _LONGEST_ESCAPE:
        key = end - KEY_LENGTH
        if start and _ESCAPE.fullmatch(data, start - 1, key):
            return Run(key, end, data[key:end], "plain")
    elif length in _BASE64_LENGTHS:
        import binascii

        value = binascii.a2b_base64(data[start:end] + b"=" * (-length % 4)).rstrip(b"\r\n")
        if len(value) == KEY_LENGTH and value.isalnum():
            padding = len(data[end : end + 2]) - len(data[end : end + 2].lstrip(b"="))
            return Run(start, end + padding, value, "base64")
    elif length == _HEX_LENGTH and is_hex(data[start:end]):
        value = bytes.fromhex(data[start:end].decode("ascii"))
        if value.isalnum():
            return Run(start, end, value, "hex")
    return None


def may_encode_text(data: bytes, start: int, end: int) -> bool:
    """Tell whether a run of 64 alphanumerics and more may be base64, or hexadecimal, of some text."""
    digits, nibbles = _low()
    if digits.match(data, start):
        return True
    return end - start >= _HEX_LENGTH and nibbles.match(data, start) is not None and is_hex(data[start:end])


@cache
def _low() -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Compiled when first needed: most scans of a few files meet no such run."""
    return re.compile(_LOW_DIGITS), re.compile(_LOW_NIBBLES)


def is_glued(data: bytes, start: int, end: int) -> bool:
    """Tell of most runs that are a piece of base64 that they are: a `+` or `/` joins them to what is no key either."""
    if (
        start > KEY_LENGTH + 1
        and data[start - 1] in _JOINS
        and data[start - 2 : start - 1].isalnum()
        and data[start - 3 : start - 1] != b"\\n"  # an added line of a diff, its line feed written out
        and not data[start - 1 - KEY_LENGTH : start - 1].isalnum()
    ):
        return True
    after = data[end + 1 : end + 1 + KEY_LENGTH]
    return len(after) == KEY_LENGTH and data[end] in _JOINS and after[:1].isalnum() and not after.isalnum()


def is_hex(value: bytes) -> bool:
    """Tell a digest from a key: nothing but hexadecimal digits."""
    return not value.translate(None, _HEX)


def has_all_classes(value: bytes) -> bool:
    """Tell whether lower case, upper case and digits all occur, as in every key of 64."""
    classes = value.translate(_CASES)
    return b"l" in classes and b"u" in classes and b"d" in classes


def mentions_exchange(data: bytes) -> bool:
    """Tell whether the exchange is named anywhere, in any case."""
    return _names_exchange(data)


def holds_word(words: Iterable[bytes]) -> Callable[[bytes], bool]:
    """Return what tells whether bytes hold one of the words, which are lower case; ASCII letters match in any case."""
    words = tuple(words)
    return _holds(tuple(map(re.escape, words)), lambda lowered: any(word in lowered for word in words))


def holds_match(pattern: bytes, word: bytes = b"") -> Callable[[bytes], bool]:
    """Return the same for a regular expression without lookarounds and references; all that it matches holds the word.

    Where there is no quicker way a word is looked for first: a pattern takes ten times as long.
    """
    return _holds((pattern,), lambda lowered: word in lowered and re.search(pattern, lowered) is not None)


def _holds(patterns: tuple[bytes, ...], otherwise: Callable[[bytes], bool]) -> Callable[[bytes], bool]:
    quick: list[Callable[[bytes], bool]] = []

    def holds(data: bytes) -> bool:
        if quick:
            return quick[0](data)
        if len(data) >= _LARGE:
            accelerate()
        if _Look.holder is not None:  # accelerated since
            quick.append(_Look.holder(*patterns, caseless=True))
            return quick[0](data)
        return otherwise(data.lower())

    return holds


_names_exchange = holds_word((b"binance",))


class Interest(NamedTuple):
    """What bytes hold: something for sure, or things that count together with others in the same file."""

    certain: bool = False
    digests: bool = False
    longer: bool = False
    exchange: bool = False


NOTHING = Interest()


def interest(data: bytes, known: Interest = NOTHING) -> Interest:
    """Return what bytes hold, added to what is known of the pieces of the file before them."""
    if known.certain or _Look.holds_mark(data):
        return Interest(certain=True)
    return _interest(data, runs(data), known)


def _interest(data: bytes, found: Iterator[tuple[int, int]], known: Interest) -> Interest:
    digests, longer = known.digests, known.longer
    for start, end in found:
        if end - start == KEY_LENGTH:  # as below, without building a Run: lock files hold thousands of digests
            value = data[start:end]
            if is_hex(value):
                digests = True
            elif has_all_classes(value):
                if not is_glued(data, start, end) or may_encode_text(data, start, end):
                    return Interest(certain=True)
                longer = True
        elif end - start not in _LENGTHS or (run := read(data, start, end)) is None:
            if may_encode_text(data, start, end):
                return Interest(certain=True)
            longer = True
        elif is_hex(run.value):
            digests = True
        elif has_all_classes(run.value):
            return Interest(certain=True)
    # The base64 of an RSA key is 1,600 characters and more: one without a run of 64 is one in a thousand.
    if longer and any(mark in data for mark in RSA_MARKS):
        return Interest(certain=True)
    return Interest(False, digests, longer, known.exchange)


def of_interest(data: bytes) -> bool:
    """Tell whether a file holds 64 alphanumerics or an armour that a detector should look at."""
    if _Look.holds_mark(data):
        return True
    if _Look.holds_run is not None and not _Look.holds_run(data):  # nearly always
        return False
    return _counts(_interest(data, _runs(data), NOTHING), data)


def _counts(found: Interest, data: bytes) -> bool:
    # A digest is a candidate only where the exchange is named (its futures test network issues hex keys).
    return found.certain or (found.digests and mentions_exchange(data))


class Versions:
    """Tells the same of one version of a file after the other: runs that the last one had need no judgement."""

    def __init__(self) -> None:
        # The last one that held nothing for sure, and what of all its runs, and of some before, was seen.
        self._before = b""
        self._known = NOTHING

    def __call__(self, data: bytes) -> bool:
        if _Look.holds_mark(data):
            return True
        if _Look.holds_run is not None and not _Look.holds_run(data):
            return False
        found = self._new(data) if len(data) > _LEAST_OF_VERSIONS else None
        known = self._known
        if found is None:
            found, known = _interest(data, _runs(data), NOTHING), NOTHING
        if not found.certain:
            self._before = data
            self._known = Interest(False, found.digests or known.digests, found.longer or known.longer)
        return _counts(found, data)

    def _new(self, data: bytes) -> Interest | None:
        """Return what the runs hold that are not as before; None if that does not tell enough, or nearly all is new."""
        first, last = _difference(self._before, data)
        if last - first > len(data) // 2:
            return None
        start, end = max(0, first - _AROUND), last + _AROUND
        part = data[start:end]
        # A run that stands farther off was judged with all that is asked of what stands around it.
        nearest, farthest = first - start - _AROUND // 2, last - start + _AROUND // 2
        some = [run for run in _runs(part) if run[1] > nearest and run[0] < farthest]
        if some and (
            (start and some[0][0] < 2 * KEY_LENGTH)
            or (end < len(data) and some[-1][1] > len(part) - 2 * KEY_LENGTH)  # cut off
        ):
            return None
        found = _interest(part, iter(some), NOTHING)
        if found.certain:
            return found
        # What was seen before may be gone by now, and the mark of a key stand elsewhere.
        is_unclear = (found.longer or self._known.longer) and any(mark in data for mark in RSA_MARKS)
        if not is_unclear and self._known.digests and not found.digests:
            is_unclear = mentions_exchange(data)
        return None if is_unclear else found
