"""What a value looks like by itself."""

from __future__ import annotations

import random
import string

import pytest

from keylint.policy.placeholders import expand
from keylint.recognition.shape import shape

BASE62 = string.ascii_letters + string.digits


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("{{hex64:a}}", "hex", id="a digest"),
        pytest.param("0x{{repeat:1a2B3c4D5e:6}}9F", "prefixed-hex", id="0x"),
        pytest.param(
            "q7w3e9r1t5y8u2i4o6p0a9s7d5f3g1h2{{repeat:j4k6l8z0x9c7v5b3:1}}n1m2q4w6e8r0t9y7", "uniform", id="one case"
        ),
        pytest.param("{{repeat:x:64}}", "repetitive", id="one character"),
        pytest.param("{{repeat:0:64}}", "repetitive", id="zeros"),
        pytest.param("{{repeat:aB3dE6gH:8}}", "repetitive", id="a period"),
        pytest.param("YourApiKey{{key63:a}}", "repetitive", id="a word in it"),
        pytest.param(
            "GetSubAccount{{repeat:FuturesAccountSummary:1}}ResponseForMarginTradingModel2", "words", id="camelCase"
        ),
        pytest.param(
            "UpdateAutoActiveConfig{{repeat:TableAddColSymbolPnl:1}}ToCutloss1725159112099", "words", id="numbered"
        ),
        pytest.param("{{key:a}}", "random", id="a key"),
    ],
)
def test_shape(value: str, expected: str) -> None:
    assert shape(expand(value)[:64]) == expected


def test_hardly_a_random_value_is_dismissed() -> None:
    generator = random.Random(20261122)
    values = ("".join(generator.choices(BASE62, k=64)) for _ in range(20_000))
    assert sum(shape(value) != "random" for value in values) <= 10
