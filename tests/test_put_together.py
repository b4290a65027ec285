"""Values that stand nowhere in one piece: what is put together, and what is left alone. The matrix tries the ways."""

from __future__ import annotations

import pytest

from keylint.documents.document import Document
from keylint.policy.placeholders import expand
from keylint.recognition.encoded import encoded
from keylint.recognition.escaped import escaped
from keylint.recognition.joined import joined
from keylint.recognition.wrapped import wrapped
from keylint.sieve import holds_escapes, holds_pieces, may_encode_text, runs

KEY = expand("{{key:pieces}}")
A, B = KEY[:32], KEY[32:]


def document(text: str) -> Document:
    return Document("a.py", text)


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
    assert may_encode_text(text.encode()[start:end])
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


# Put together.


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param(f'x = ("{A}"  # one\n     "{B}")', 2, id="a comment between"),
        pytest.param(f"x = '{A}' .\n '{B}';", 2, id="PHP"),
        pytest.param(f'x = "{A}" & _\n "{B}"', 2, id="Visual Basic"),
        pytest.param(f'x = "{A}" .. "{B}"', 2, id="Lua"),
        pytest.param(f"x = \"{A}\" || '{B}'", 2, id="SQL"),
        pytest.param(f"x = paste0('{A}', '{B}')", 2, id="R"),
        pytest.param(f"$x = implode('', ['{A}', '{B}']);", 2, id="implode"),
        pytest.param(f'#define A "{A}"\n#define B "{B}"\nx = A  B; x = A + B;', 2, id="macros"),
        pytest.param(f'a: "{A}"\nb: "{B}"\nx = self.a + self.b', 2, id="fields"),
        pytest.param(f'a = "{A}"\nb = "{B}"\nx = "{{}}{{}}".format(a, b)', 2, id="format"),
        pytest.param(f'a = "{A}"\nx = a + "{B}"', 2, id="a name and a literal"),
        pytest.param(f'"x = \\"{A}\\" + \\"{B}\\""', 2, id="written quotes"),
    ],
)
def test_joined(text: str, pieces: int) -> None:
    (found,) = joined(document(text), everywhere(text))
    assert (found.value, found.pieces, text[found.start : found.start + 32]) == (KEY, pieces, A)


@pytest.mark.parametrize(
    "text", [f"key={A}\\\r\n  {B}\r\n", f"> key: {A}=\n> {B}\n", f"key: {A[:20]}\n{A[20:]}\n{B} more"]
)
def test_wrapped(text: str) -> None:
    (found,) = wrapped(document(text), everywhere(text))
    assert (found.value, text[found.start :][:20], text[: found.end][-32:]) == (KEY, A[:20], B)
