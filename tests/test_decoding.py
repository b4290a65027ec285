"""Bytes to text: encodings, marks that lie, binary files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keylint.documents.decoding import Encoding, decode, encoding_of
from keylint.policy.placeholders import expand

TEXT = expand('# Schlüssel\nAPI_KEY = "{{key:wide}}"\n' * 5)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200), id="an image"),
        pytest.param(b"\x7fELF\x02\x01\x01" + bytes(50) + b"text", id="a program"),
        pytest.param(bytes(1000), id="zeros"),
    ],
)
def test_binary(data: bytes) -> None:
    assert encoding_of(data) is None


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(b"", "utf-8", id="empty"),
        pytest.param(TEXT.encode(), "utf-8", id="UTF-8"),
        pytest.param(TEXT.encode("latin-1"), "utf-8", id="Latin-1 passes for UTF-8 with odd bytes"),
        pytest.param(b"\xef\xbb\xbf" + TEXT.encode(), "utf-8", id="UTF-8 with a mark"),
        pytest.param(TEXT.encode("utf-16"), "utf-16-le", id="UTF-16 with a mark"),
        pytest.param(TEXT.encode("utf-16-le"), "utf-16-le", id="UTF-16 LE"),
        pytest.param(TEXT.encode("utf-16-be"), "utf-16-be", id="UTF-16 BE"),
        pytest.param(TEXT.encode("utf-32"), "utf-32-le", id="UTF-32 with a mark"),
        pytest.param(TEXT.encode("utf-32-be"), "utf-32-be", id="UTF-32 BE"),
        pytest.param(TEXT.encode() + b"\0" + TEXT.encode(), "utf-8", id="one stray NUL"),
    ],
)
def test_encodings(data: bytes, name: str) -> None:
    encoding = encoding_of(data)
    assert encoding is not None
    assert encoding.name == name
    assert expand("{{key:wide}}") in decode(data, encoding) or not data


def test_a_mark_that_lies_hides_nothing() -> None:
    data = b"\xff\xfe" + TEXT.encode()
    assert expand("{{key:wide}}") in decode(data, Encoding("utf-16-le", 2))


@given(st.binary(max_size=300))
def test_decoding_never_raises(data: bytes) -> None:
    encoding = encoding_of(data)
    if encoding is not None:
        decode(data, encoding)


@given(st.binary(max_size=200).filter(lambda data: b"\0" not in data and data[:1] not in (b"\xef", b"\xff", b"\xfe")))
def test_text_round_trips(data: bytes) -> None:
    assert decode(data, Encoding("utf-8")).encode("utf-8", "surrogateescape") == data
