"""What a value looks like by itself."""

from __future__ import annotations

import random
import string
from itertools import pairwise

import pytest

from keylint.policy.placeholders import expand
from keylint.recognition.shape import class_changes, shape

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
        pytest.param("{{repeat:aB3dE6gHjK9mNpQ2sTuV5xYzC4fGiL7r:2}}", "repetitive", id="a long period"),
        pytest.param("{{repeat:0123:16}}", "repetitive", id="digits with two bits a character"),
        pytest.param("{{repeat:01234567:8}}", "hex", id="digits with three"),
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


def test_classes_are_those_of_ascii() -> None:
    kinds = [str.isdigit, str.isupper, str.islower]
    text = "".join(
        chr(first) + chr(second)
        for first in range(128)
        for second in (47, 48, 57, 58, 64, 65, 90, 91, 96, 97, 122, 123)
    )
    pairs = [(text[place], text[place + 1]) for place in range(0, len(text), 2)]
    assert [class_changes(first + second) for first, second in pairs] == [
        int([kind(first) for kind in kinds] != [kind(second) for kind in kinds]) for first, second in pairs
    ]


def in_classes(changes: int, numbers: int, seed: int) -> str:
    """A value of 64 different characters as far as they go, with so many changes of class and so many numbers."""
    generator = random.Random(seed)
    pools = {"0": string.digits, "A": string.ascii_uppercase, "a": string.ascii_lowercase}
    while True:
        # So many pieces, of which so many are numbers; no class follows itself.
        pieces = ["0"] * numbers + ["?"] * (changes + 1 - numbers)
        generator.shuffle(pieces)
        for place, piece in enumerate(pieces):
            if piece == "?":
                pieces[place] = generator.choice([one for one in "Aa" if place == 0 or one != pieces[place - 1]])
        if any(before == after for before, after in pairwise(pieces)):
            continue
        lengths = [1] * len(pieces)
        letters = [place for place, piece in enumerate(pieces) if piece != "0"]
        for _ in range(64 - len(pieces)):
            lengths[generator.choice(letters)] += 1
        text = "".join(
            "".join(generator.choices(pools[piece], k=length)) for piece, length in zip(pieces, lengths, strict=True)
        )
        if shape_of_rest(text):
            return text


def shape_of_rest(text: str) -> bool:
    """Tell whether nothing but the classes decides: enough different letters, no words, no sequences."""
    return len(set(text)) >= 36 and sum(ord(b) - ord(a) in (0, 1) for a, b in pairwise(text)) < 8


@pytest.mark.parametrize(
    ("changes", "numbers", "expected"),
    [(21, 6, "words"), (22, 6, "random"), (25, 2, "words"), (26, 2, "random"), (25, 3, "random")],
)
def test_how_often_the_class_changes_decides(changes: int, numbers: int, expected: str) -> None:
    assert {shape(in_classes(changes, numbers, seed)) for seed in range(20)} == {expected}


def of_letters(count: int, seed: int) -> str:
    """A value of so many different characters."""
    generator = random.Random(seed)
    letters = generator.sample([one for one in BASE62 if one not in "0123456789abcdefABCDEF"], count - 3)
    letters += generator.sample(string.digits, 3)
    text = [*letters, *generator.choices(letters, k=64 - count)]
    generator.shuffle(text)
    return "".join(text)


@pytest.mark.parametrize(("count", "expected"), [(19, "repetitive"), (20, "words"), (24, "words"), (38, "random")])
def test_how_many_different_characters_decide(count: int, expected: str) -> None:
    assert {shape(of_letters(count, seed)) for seed in range(20)} == {expected}


@pytest.mark.parametrize(("steps", "expected"), [(12, "random"), (13, "repetitive")])
def test_how_many_neighbours_in_the_alphabet_decide(steps: int, expected: str) -> None:
    generator = random.Random(20261122)
    seen: set[str] = set()
    while len(seen) < 20:
        text = "".join(generator.choices(BASE62, k=64))
        for _ in range(14):  # raises the count, which a random value seldom reaches
            place = generator.randrange(63)
            text = text[: place + 1] + text[place] + text[place + 2 :]
        if sum(ord(b) - ord(a) in (0, 1) for a, b in pairwise(text)) == steps and len(set(text)) > 30:
            seen.add(text)
    assert {shape(text) for text in seen} == {expected}
