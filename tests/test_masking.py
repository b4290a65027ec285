"""No output ever holds more than the first 4 and the last 2 characters of a secret."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keylint.documents.document import Document
from keylint.model import Excerpt, Fact
from keylint.pipeline import examine, lens
from keylint.policy.placeholders import expand
from keylint.recognition.masking import ELLIPSIS, excerpt, mask, mask_opaque, quotation

SECRETS = [
    expand(text) for text in ("{{key:m1}}", "{{secret:m2}}", "{{base64data:90:m3}}", "{{ed25519:m4}}", "{{hex128:m5}}")
]
# Text that cannot itself be part of a secret's characters in a row.
BETWEEN = st.text(st.sampled_from(" '\",:;()[]é\t"), min_size=1, max_size=200)


def leaked(text: str, secret: str) -> bool:
    """Tell whether 5 characters of a secret in a row stand in a text, apart from its mask's 4 and 2."""
    return any(secret[at : at + 5] in text for at in range(len(secret) - 4))


@given(st.lists(st.tuples(BETWEEN, st.sampled_from(SECRETS)), min_size=1, max_size=6), st.integers(0, 5), BETWEEN)
def test_excerpts_mask_every_secret_of_the_line(parts: list[tuple[str, str]], place: int, end: str) -> None:
    text = "".join(before + secret for before, secret in parts) + end
    start = sum(len(before) + len(secret) for before, secret in parts[: place % len(parts)])
    start += len(parts[place % len(parts)][0])
    secret = parts[place % len(parts)][1]
    shown = excerpt(Document("file", text), start, start + len(secret))
    assert not any(leaked(shown.text, other) for _, other in parts)
    assert shown.text[shown.start : shown.start + shown.width] == mask(secret)


@given(st.text(max_size=100), st.sampled_from(SECRETS), st.text(max_size=100))
def test_opaque_runs_are_masked_anywhere(before: str, secret: str, after: str) -> None:
    assert not leaked(mask_opaque(f"{before} {secret} {after}"), secret) or leaked(before + after, secret)


LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("secret", "shown"), [("hunter2", "…"), (LETTERS[:24], "…"), (LETTERS[:25], "abcd…xy"), (LETTERS, "abcd…yz")]
)
def test_at_most_four_and_two_characters_are_shown(secret: str, shown: str) -> None:
    assert mask(secret) == shown


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("  k = ", ", # note", "k = abcd…yz, # note", id="a line"),
        pytest.param("k " * 30, "", "k " * 30 + "abcd…yz", id="sixty before"),
        pytest.param("a" + "k " * 30, "", "…" + "k " * 30 + "abcd…yz", id="more before"),
        pytest.param("", " k" * 76 + "k", "abcd…yz" + " k" * 76 + "k", id="as wide as may be"),
        pytest.param("", " k" * 77, "abcd…yz" + " k" * 76 + " …", id="wider"),
    ],
)
def test_an_excerpt_is_the_line(before: str, after: str, expected: str) -> None:
    shown = excerpt(Document("file", f"x\n{before}{LETTERS}{after}\ny"), len(before) + 2, len(before) + 28)
    assert (shown.text, shown.text[shown.start :][: shown.width]) == (expected, "abcd…yz")


@pytest.mark.parametrize("text", ["binance-connector==1.0", "unofficial-binance-client-lib==2023.4 ; python_version"])
def test_a_package_with_its_version_is_shown(text: str) -> None:
    assert mask_opaque(text) == text


def test_an_armour_is_shown_by_its_header() -> None:
    text = expand('KEY = """{{pem:PRIVATE KEY:shown}}"""')
    shown = excerpt(Document("file", text), 9, text.rindex('"""'))
    assert shown.text == 'KEY = """-----BEGIN PRIVATE KEY-----…'


@pytest.mark.parametrize("length", range(540, 700, 7))
def test_no_cut_shows_more_than_a_mask(length: int) -> None:
    key, other, blob = expand("{{key:cut1}}"), expand("{{secret:cut2}}"), expand(f"{{{{base64data:{length}:cut}}}}")
    for text in (f'{{k:"{key}",icon:"{blob}",s:"{other}"}}', f'{{s:"{other}",icon:"{blob}",k:"{key}"}}'):
        start = text.index(key)
        shown = excerpt(Document("file", text), start, start + len(key))
        assert not leaked(shown.text, other)
        assert not leaked(shown.text, blob)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"password": "SECRET", "api_key": "KEY"}', id="a password beside"),
        pytest.param('Client("SECRET", "KEY")', id="a passphrase as an argument"),
        pytest.param('const k="KEY",p="a";login("Correcthorse7staple")', id="a password with one digit"),
        pytest.param("binance\n| al | SECRET | KEY |", id="a cell of a table"),
        pytest.param('api_key = "KEY"; ENCODED', id="a key split in two"),
        pytest.param('api_key = "KEY"; pem = "PEM"', id="an armour on one line"),
    ],
)
def test_a_finding_shows_nothing_of_its_neighbours(text: str) -> None:
    secret, pem = expand("{{password:n1}}"), expand("{{pem:PRIVATE KEY:n2}}")
    halves = expand("{{key:n3}}")[:31], expand("{{key:n4}}")[:33]
    expanded = expand(text.replace("KEY", "{{key:n0}}")).replace("SECRET", secret)
    expanded = expanded.replace("PEM", pem.replace("\n", "\\n")).replace("ENCODED", f'"{halves[0]}" + "{halves[1]}"')
    found = examine("file", expanded.encode(), lens())
    told = json.dumps([(fact.attributes, fact.excerpt) for fact in found if isinstance(fact, Fact)], ensure_ascii=False)
    assert found
    for hidden in (secret, "Correcthorse7staple", *halves, *pem.splitlines()[1:-1]):
        assert not leaked(told, hidden)


@given(secret=st.from_regex(r"[A-Za-z0-9]{40,70}", fullmatch=True), cut=st.integers(0, 60), width=st.integers(0, 60))
def test_a_quotation_shows_no_secret_wherever_its_span_is_cut(secret: str, cut: int, width: int) -> None:
    text = f"print(api_key, '{secret}', x)  # äöü"
    shown = quotation(Document("bot.py", text), cut, cut + width)
    assert secret[:8] not in shown.text
    assert 0 <= shown.start <= shown.start + shown.width <= len(shown.text)


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("  print(api_key)", (8, 15), ("print(api_key)", "api_key")),
        ("x" * 300 + " print(api_key)", (307, 314), (ELLIPSIS, "api_key")),
        ("print(api_key)" + " " * 300, (6, 13), ("print(api_key)", "api_key")),
        ("password = 'Sup3rS3cretWord'; print(password)", (36, 44), ("password = '…'; print(password)", "password")),
        ("f(\n  api_key)", (0, 12), ("f(", "f(")),
        ("a" * 400, (0, 400), (None, None)),
    ],
)
def test_a_quotation_points_at_its_span(text: str, span: tuple[int, int], expected: tuple[str, str]) -> None:
    shown = quotation(Document("bot.py", text), *span)
    line, pointed = expected
    if line is None:
        assert "a" * 20 not in shown.text
        return
    assert (line in shown.text, shown.text[shown.start : shown.start + shown.width]) == (True, pointed)


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        pytest.param("  print(api_key)", (8, 15), Excerpt("print(api_key)", 6, 7), id="a line"),
        pytest.param("k " * 30 + "id = 1", (60, 62), Excerpt("k " * 30 + "id = 1", 60, 2), id="sixty before"),
        pytest.param("a" + "k " * 30 + "id", (61, 63), Excerpt("…" + "k " * 30 + "id", 61, 2), id="more before"),
        pytest.param("k " * 79 + "kk", (0, 160), Excerpt("k " * 79 + "kk", 0, 160), id="as wide as may be"),
        pytest.param("k " * 80 + "k", (0, 161), Excerpt("k " * 80 + "…", 0, 161), id="wider"),
    ],
)
def test_a_quotation_is_the_line(text: str, span: tuple[int, int], expected: Excerpt) -> None:
    assert quotation(Document("bot.py", f"x\n{text}\ny"), span[0] + 2, span[1] + 2) == expected
