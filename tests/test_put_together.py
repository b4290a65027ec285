"""Values that stand nowhere in one piece: what is put together, and what is left alone. The matrix tries the ways."""

from __future__ import annotations

import itertools
from base64 import b64encode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keylint.documents.document import Document
from keylint.policy.placeholders import expand
from keylint.recognition import joined as module
from keylint.recognition.encoded import Encoded, encoded, place_in
from keylint.recognition.escaped import escaped
from keylint.recognition.joined import Joined, joined, windows
from keylint.recognition.wrapped import wrapped
from keylint.sieve import Encoding, Run, holds_escapes, holds_pieces, may_encode_text, runs

KEY = expand("{{key:pieces}}")
A, B = KEY[:32], KEY[32:]


def document(text: str) -> Document:
    return Document("a.py", text)


def base64(text: str | bytes) -> str:
    return b64encode(text.encode() if isinstance(text, str) else text).decode()


def in_lines(text: str, width: int) -> str:
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def everywhere(text: str) -> list[tuple[int, int]]:
    return [(0, len(text))]


# Left alone.


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'x = "{A}"\ny = "{B}"\n', id="two values"),
        pytest.param(f'x = ["{A}", "{B}"]\n', id="a list that nothing joins"),
        pytest.param(f'call("{A}", "{B}")', id="two arguments"),
        pytest.param(f'x = "{A}" + "-" + "{B}"', id="something between"),
        pytest.param(f'x = "{A}" + "{B[:-1]}"', id="one short"),
        pytest.param(f'x = "{A}" + "{B}" + "{B}"', id="too long"),
        pytest.param(f'a = "{A}"\nb = "{B}"\nx = f"{{a}}-{{b}}"', id="a template with a sign between"),
        pytest.param(f'a = "{A}"\nb = "{B}"\nclient(a, b)', id="names as arguments"),
        pytest.param(f'api_key = "{A}"\napi_secret = "{B}"\nx = api_key + api_secret', id="a key and its secret"),
        pytest.param(f'a = "{A[:7]}"\nx = a + "{A[7:]}" + "{B}"', id="a name for seven"),
        pytest.param(f'bybit_a = "{A}"\nkraken_key = "{B}"\nx = bybit_a + kraken_key', id="another service's"),
        pytest.param(f'a = "{A}"\nb = "{B}"\nb = "{A}"\nx = a + b', id="a name of two values"),
        pytest.param(f'first = ["{A}", "{B}"]\nprint("-".join(second))', id="another list is joined"),
    ],
)
def test_not_joined(text: str) -> None:
    assert list(joined(document(text), everywhere(text))) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"key {A}\n{B}tail", id="longer"),
        pytest.param(f"key {A}\n{B}+tail", id="base64"),
        pytest.param(f"key {A}\nsome {B}", id="a word before it"),
        pytest.param(f"key {A}\n\n{B}", id="an empty line between"),
        pytest.param(f"key-{A}\n{B}", id="a piece of something"),
        pytest.param(f"key {A}", id="the last line"),
        pytest.param(f"key {A}\n---", id="a line of signs"),
        pytest.param(f"key {A[:7]}\n{A[7:]}{B}", id="seven at first"),
        pytest.param(f"key {A[:9]}\n" + in_lines(A[9:] + B, 7), id="too many lines"),
        pytest.param(f"key {KEY}\nmore", id="in one line"),
        pytest.param(f"key {A[:20]}\n{A[20:]} word\n{B}", id="a word in the midst"),
        pytest.param(f"key {A}\n{B[:-1]}\n", id="one short"),
    ],
)
def test_not_wrapped(text: str) -> None:
    assert list(wrapped(document(text), everywhere(text))) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("".join(f"\\x{ord(sign):02x}" for sign in KEY + "a"), id="one more"),
        pytest.param(", ".join(str(ord(sign)) for sign in KEY + "a"), id="one more number"),
        pytest.param(", ".join(["200"] * 64), id="no letters"),
        pytest.param("%20" * 64, id="blanks"),
    ],
)
def test_not_escaped(text: str) -> None:
    assert list(escaped(document(text))) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{{base64data:400:noise}}", id="noise"),
        pytest.param("{{key:plain}}", id="a key"),
        pytest.param("{{hex128:digest}}", id="a digest"),
    ],
)
def test_not_encoded(text: str) -> None:
    expanded = expand(text)
    found = [encoded(document(expanded), *span) for span in runs(expanded.encode())]
    assert [one.text for one in found if one is not None and one.text] == []


def test_base64_of_bytes_that_begin_like_text_is_none() -> None:
    text = expand("{{base64:only a few words and nothing else in here at all, sorry}}")
    start, end = next(runs(text.encode()))
    assert may_encode_text(text.encode(), start, end)
    noise = text[:64] + expand("{{base64data:400:noise}}")
    found = encoded(document(noise), 0, 64)
    assert found is None or "only a few words" in found.text or found.text == ""


def test_the_sieve_asks_for_two_pieces_or_one_long_one() -> None:
    assert holds_pieces(f'"{A}"'.encode())
    assert not holds_pieces(b'"0xDeadBeefDeadBeef0123456789AbCdEf" BinanceUsTradingAccount1 ' + A[:12].encode())
    assert not holds_pieces(KEY.encode())
    assert holds_pieces(A.encode())
    assert not holds_escapes(b"%20" * 63)
    assert holds_escapes(b"%20" * 64)
    assert holds_escapes(b"65, " * 64 + b"66")


# Spelt out.

SETTINGS = "# of the bot\nBINANCE_API_KEY=to be filled in\nDEBUG=0\nNAME=the one that trades\n" * 3
# The first 57 bytes are 76 digits: the second line begins with a line of digits.
LINED = "".join(f"{'x' * width}\n" for width in (56, 10, 70, 3, 40, 90))


def only(text: str) -> Encoded:
    """What the first run of a text is the code of."""
    found = encoded(document(text), *next(runs(text.encode())))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        pytest.param(SETTINGS.encode().hex(), SETTINGS, id="hexadecimal"),
        pytest.param(f"{SETTINGS}x".encode().hex(), f"{SETTINGS}x", id="hexadecimal of another length"),
        pytest.param(SETTINGS.encode().hex() + "0", "", id="hexadecimal with a digit too many"),
        pytest.param(base64(SETTINGS), SETTINGS, id="base64"),
        pytest.param(base64(SETTINGS) + "A", SETTINGS, id="base64 with a digit too many"),
        pytest.param(base64("a" * 48 + "\0"), "a" * 48, id="as much as 64 digits hold"),
        pytest.param(base64("a" * 47 + "\0\0"), "", id="less than that"),
        pytest.param(base64("a" * 70 + "é" * 15), "a" * 70 + "é" * 15, id="seven of ten bytes ASCII"),
        pytest.param(base64("a" * 69 + "é" * 15), "", id="fewer"),
        pytest.param(base64(SETTINGS.encode("utf-16-le")), SETTINGS, id="UTF-16"),
        pytest.param(base64(SETTINGS.encode("utf-16-le") + b"x"), SETTINGS, id="UTF-16 and half a character"),
        pytest.param(base64(base64(base64(SETTINGS))), SETTINGS, id="three times"),
        pytest.param(base64(base64(base64(base64(SETTINGS)))), base64(SETTINGS), id="four times"),
        pytest.param(base64(base64("a" * 48)), base64("a" * 48), id="what may be a key is none of base64"),
        pytest.param(base64(base64("a" * 49)), "a" * 49, id="more is"),
        pytest.param(base64(base64("a" * 40 + "\0" * 40)), base64("a" * 40 + "\0" * 40), id="base64 of noise"),
        pytest.param(in_lines(base64(SETTINGS), 76), SETTINGS, id="lines"),
        pytest.param(in_lines(base64(SETTINGS[:-1]), 76) + f"\n{base64(SETTINGS)}", SETTINGS[:-1], id="and another"),
        pytest.param(
            in_lines(base64(SETTINGS[:63]), 76) + f"\n{base64(SETTINGS)}", SETTINGS[:63], id="without padding"
        ),
        pytest.param(base64(SETTINGS[:57]) + f"\n{base64(SETTINGS)}", SETTINGS[:57], id="a longer line after it"),
    ],
)
def test_encoded(text: str, spelt: str) -> None:
    assert only(text).text == spelt


@pytest.mark.parametrize("before", ["", "x = ", "/" * 3])
def test_base64_begins_before_a_sign_that_ends_a_run(before: str) -> None:
    digits = base64("?>?>?>" + SETTINGS)
    assert digits[:8] == "Pz4/Pj8+"
    found = only(f"{before}{digits}")
    assert (found.start, found.end) == (len(before.rstrip("/")), len(before) + len(digits))


def test_a_line_is_spelt_on_a_line() -> None:
    digits = in_lines(base64(LINED), 76)
    text = f"data: |\n{digits}\n"
    found = only(text)
    for number in range(1, LINED.count("\n") + 1):
        first = len("".join(LINED.splitlines(keepends=True)[: number - 1])) * 4 // 3
        start, end = place_in(document(text), found, number)
        assert text[start:end] == digits.split("\n")[first // 76].rstrip("=")


@pytest.mark.parametrize("text", [f"x = {base64(LINED + 'xx')}", f"x = {LINED.encode().hex()}"])
def test_a_line_is_spelt_in_the_one_there_is(text: str) -> None:
    assert place_in(document(text), only(text), 3) == (4, len(text))


ESCAPES: list[tuple[str, str, Encoding]] = [
    ("\\x{:02x}", "", "escaped"),
    ("\\\\x{:02X}", "", "escaped"),
    ("\\u{:04x}", "", "escaped"),
    ("\\u{{{:x}}}", "", "escaped"),
    ("\\{:03o}", "", "escaped"),
    ("%{:02X}", "", "url"),
    ("&#{};", "", "escaped"),
    ("&#x{:x};", "", "escaped"),
    ("{}", ",", "escaped"),
    ("{:#x}", " , ", "escaped"),
    ("chr({})", ".", "escaped"),
]


@pytest.mark.parametrize(("form", "between", "encoding"), ESCAPES)
def test_escaped(form: str, between: str, encoding: Encoding) -> None:
    spelt = between.join(form.format(ord(sign)) for sign in KEY)
    for maker in ("", "bytes([", "= new String(new byte[] {"):
        ((run, begin),) = escaped(document(f"{maker}{spelt}"))
        assert run == Run(len(maker), len(maker) + len(spelt), KEY.encode(), encoding)
        assert begin == (2 if maker.startswith("=") else 0)
    assert list(escaped(document(between.join(form.format(ord(sign)) for sign in KEY[1:])))) == []


# Put together.


def test_windows_are_whole_lines_around_pieces_and_apart() -> None:
    lines = [f"line {number} of some words\n" for number in range(2000)]
    text = "".join(lines)
    places = [(text.index(f"line {number} "),) * 2 for number in (0, 1, 30, 1000, 1002, 1999)]
    found = windows(text, places)
    assert len(found) == 3
    for start, end in found:
        assert start == 0 or text[start - 1] == "\n"
        assert end == len(text) or text[end] == "\n"
    for start, _ in places:
        assert any(first <= max(0, start - 2000) and min(len(text), start + 2000) <= last for first, last in found)
    assert all(end < start for (_, end), (start, _) in itertools.pairwise(found))


C, D = A[:8], A[8:]


@pytest.mark.parametrize(
    ("text", "whole", "placed"),
    [
        pytest.param(f'x = ("{A}"  # one\n     "{B}")', f'{A}"  # one\n     "{B}', "", id="a comment between"),
        pytest.param(f"x = '{A}' .\n '{B}';", f"{A}' .\n '{B}", "", id="PHP"),
        pytest.param(f'x = "{A}" & _\n "{B}"', f'{A}" & _\n "{B}', "", id="Visual Basic"),
        pytest.param(f'x = "{A}" .. "{B}"', f'{A}" .. "{B}', "", id="Lua"),
        pytest.param(f"x = \"{A}\" || '{B}'", f"{A}\" || '{B}", "", id="SQL"),
        pytest.param(f"x = paste0('{A}', '{B}')", f"paste0('{A}', '{B}'", f"{A}', '{B}", id="R"),
        pytest.param(f"$x = implode('', ['{A}', '{B}']);", f"implode('', ['{A}', '{B}'", f"{A}', '{B}", id="implode"),
        pytest.param(f'["{A}", "{B}"].join("")', f'["{A}", "{B}"', f'{A}", "{B}', id="a list at the beginning"),
        pytest.param(f'p = ["{A}", "{B}"]\nx = "".join(p)', '"".join(p', f'{A}", "{B}', id="a list with a name"),
        pytest.param(f'#define A "{A}"\n#define B "{B}"\nx = A  B; x = A + B;', "A + B", A, id="macros"),
        pytest.param(f"define('A',\n'{A}');\ndefine('B',\n'{B}');\n$x = A . B;", "A . B", A, id="macros in two lines"),
        pytest.param(f'a: "{A}"\nb: "{B}"\nx = self.a + self.b', "self.a + self.b", A, id="fields"),
        pytest.param(f'a = "{A}"\nb = "{B}"\nx = "{{}}{{}}".format(a, b)', '"{}{}".format(a, b', A, id="format"),
        pytest.param(f'x = f"{{a}}{{b}}"\na = "{A}"\nb = "{B}"', 'f"{a}{b', A, id="a template before its names"),
        pytest.param(f"A={A}\nB={B}\nX=$A$B", "$A$B", A, id="without quotes"),
        pytest.param(f'a = "{A}"\nx = a + "{B}"', f'a + "{B}"', A, id="a name and a literal"),
        pytest.param(f'a="{C}"\nx = a + "{D}" + "{B}"', f'a + "{D}" + "{B}"', C, id="a name for eight"),
        pytest.param(f'b = "{B}"\nx = "{A}" + self.b', f'{A}" + self.b', A, id="a literal and a field"),
        pytest.param(
            f'a: "{A}"\nb: "{B}"\n"".join([self.a, self.b])', '"".join([self.a, self.b', A, id="a list of fields"
        ),
        pytest.param(f'key_1="{A}"\nkey_2="{B}"\nx=key_1+key_2', "key_1+key_2", A, id="two halves of a key"),
        pytest.param(f'"x = \\"{A}\\" + \\"{B}\\""', f'{A}\\" + \\"{B}', "", id="written quotes"),
    ],
)
def test_joined(text: str, whole: str, placed: str) -> None:
    (found,) = joined(document(text), everywhere(text))
    assert (found.value, found.pieces) == (KEY, 3 if f'"{D}"' in whole else 2)
    assert text[found.whole_start : found.whole_end] == whole
    assert text[found.start : found.end] == (placed or whole)


def test_what_is_joined_twice_is_told_twice() -> None:
    text = f'x = "{A}" + "{B}"; y = "{A}" + "{B}"; z = ["{A}", "{B}"]'
    assert [(one.start, one.pieces) for one in joined(document(text), everywhere(text))] == [
        (5, 2),
        (text.index(A, 40), 2),
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(f"key={A}\\\r\n  {B}\r\n", 2, id="a line that goes on"),
        pytest.param(f"> key: {A}=\n> {B}\n", 2, id="quoted-printable"),
        pytest.param(f"key: {A[:20]}\n{A[20:]}\n{B} more", 3, id="three lines"),
        pytest.param(f"first line\n\nkey: {A[:8]}\n{A[8:]}{B}", 2, id="eight at first"),
        pytest.param(f"{A}\n{B}", 2, id="at the beginning of a line"),
        pytest.param("key: " + in_lines(KEY, 8), 8, id="as many lines as may be"),
        pytest.param(f"{'some words ' * 20}{A}\n{B}", 2, id="at the end of a long line"),
    ],
)
def test_wrapped(text: str, lines: int) -> None:
    (found,) = wrapped(document(text), everywhere(text))
    start, end = text.index(KEY[:8]), text.index(KEY[-8:]) + 8
    assert found == Joined(KEY, start, end, start, end, lines)


@given(
    st.lists(st.sampled_from(["part", "part_b", "partb", "5", "é", "+=", "+", " ", ".", "=", "==", "x"]), max_size=12),
    st.sets(st.sampled_from(["part", "part_b", "partb", "x5part", "part5"]), min_size=1),
)
def test_few_names_are_found_where_a_search_for_all_finds_them(pieces: list[str], names: set[str]) -> None:
    text = "".join(pieces)
    every = [match.span() for match in module._NAME.finditer(text) if match[0] in names]
    assert sorted(match.span() for match in module._uses(text, names)) == every


@given(
    st.lists(
        st.sampled_from(
            [
                "name",
                "x",
                "define",
                "define(name,",
                "#define name",
                " ",
                "\n",
                "\t",
                "(",
                ")",
                "=",
                ":",
                "=>",
                ":=",
                "<-",
                ",",
                "'",
                '"',
                "str",
                "&",
                "?",
                "é",
            ]
        ),
        max_size=14,
    ).map("".join)
)
@example("define('name',\n")
@example("#define name \t\n")
def test_the_name_that_is_given_is_the_one_that_a_search_finds(text: str) -> None:
    found, plain = module._given(text, len(text)), module._GIVEN.search(text, 0, len(text))
    assert (found and found.groups()) == (plain and plain.groups())
    assert (found and found.span()) == (plain and plain.span())
