"""The sieve against a slow oracle, and what it may never throw away."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keylint import sieve
from keylint.documents.document import Document
from keylint.pipeline import lens_on_the_past
from keylint.policy.placeholders import expand
from keylint.recognition.surroundings import surroundings
from keylint.sieve import RSA_MARKS, Run, Versions, differing, is_glued, of_interest, read, runs

ORACLE = re.compile(rb"[A-Za-z0-9]{64,}")
ALPHABET = st.sampled_from([*b"aZ09", *b" \n\x00-+/=\"'\\\xff"])
TEXTS = st.lists(
    st.one_of(
        st.binary(max_size=5),
        st.integers(60, 70).map(lambda count: b"a" * count),
        st.lists(ALPHABET, max_size=90).map(bytes),
    ),
    max_size=12,
).map(b"".join)


@pytest.fixture(params=[False, True], ids=["plain", "accelerated"])
def look(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sieve._Look, "holds_run", None)
    monkeypatch.setattr(sieve._Look, "holds_mark", staticmethod(sieve._holds_mark))
    if request.param:
        sieve.accelerate()
        assert sieve._Look.holds_run is not None


@pytest.mark.usefixtures("look")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_runs_are_those_of_a_regular_expression(data: bytes) -> None:
    assert list(runs(data)) == [match.span() for match in ORACLE.finditer(data)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=9), st.binary(max_size=9), st.binary(max_size=9), st.binary(max_size=9))
def test_what_differs_and_what_stands_around_it(
    monkeypatch: pytest.MonkeyPatch, head: bytes, tail: bytes, old: bytes, new: bytes
) -> None:
    monkeypatch.setattr(sieve, "_AROUND", 2)
    before, data = head + old + tail, head + new + tail
    found = differing(before, data)
    assert found in data
    windows = {data[start : start + 3] for start in range(len(data) - 2)}
    assert all(window in found or window in before for window in windows)
    assert len(differing(data, data)) <= 4


PART = '"' + expand("{{key:version}}")[:20] + '"'


@given(st.lists(st.lists(st.sampled_from(["secret = ", "x" * 5000, PART, PART[:-2], PART[5:], "\n"]), max_size=9)))
def test_a_version_is_judged_by_what_is_new_as_it_is_alone(versions: list[list[str]]) -> None:
    marks = lens_on_the_past().marks
    assert marks is not None
    for parts in versions:
        text = "".join(parts).encode()
        alone = lens_on_the_past().marks
        assert alone is not None
        assert marks(text) == alone(text)


def test_without_hyperscan_runs_are_looked_for_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sieve._Look, "holds_run", None)
    monkeypatch.setitem(sys.modules, "hyperscan", None)
    sieve.accelerate()
    assert sieve._Look.holds_run is None
    assert list(runs(b"a" * 64)) == [(0, 64)]


@pytest.mark.usefixtures("look")
@pytest.mark.parametrize(
    ("text", "interest"),
    [
        pytest.param("", False, id="nothing"),
        pytest.param("hello = 1", False, id="no run"),
        pytest.param("{{key63:a}}", False, id="one short"),
        pytest.param("{{key65:a}}", False, id="one long"),
        pytest.param("{{hex64:a}}", False, id="a digest where the exchange is not named"),
        pytest.param("{{hex128:a}}", False, id="a long digest"),
        pytest.param("{{repeat:a1:32}}", False, id="one case"),
        pytest.param("{{base64data:86:a}}==", False, id="base64 of something else"),
        pytest.param("{{key:a}}", True, id="a key"),
        pytest.param("binance {{hex64:a}}", True, id="a digest where the exchange is named"),
        pytest.param("BINANCE {{hex64:a}}", True, id="whatever its case"),
        pytest.param("{{base64:{{key:a}}}}", True, id="base64"),
        pytest.param("{{base64:{{key:a}}\n}}", True, id="base64 with the line feed of echo"),
        pytest.param("{{hex:{{key:a}}}}", True, id="hexadecimal"),
        pytest.param("\\n{{key:a}}", True, id="after a written line feed"),
        pytest.param("%22{{key:a}}%22", True, id="percent-encoded quotes"),
        pytest.param("\\x22{{key:a}}", True, id="hexadecimal escape"),
        pytest.param("\\u0022{{key:a}}", True, id="unicode escape"),
        pytest.param("-----BEGIN PRIVATE KEY-----", True, id="armour"),
        pytest.param("{{ed25519:a}}", True, id="an Ed25519 key"),
        pytest.param("{{base64data:50:a}}/{{key:a}}/{{base64data:90:b}}", False, id="amid base64 of something else"),
        pytest.param(
            f"MIIEvQ{RSA_MARKS[0].decode()}/{{{{key:a}}}}/{{{{base64data:90:b}}}}", True, id="amid an RSA key"
        ),
    ],
)
def test_of_interest(text: str, interest: bool) -> None:
    assert of_interest(expand(text).encode()) is interest


AROUND = st.lists(
    st.one_of(
        st.sampled_from(["+", "/", "\\n", "\n", "=", '"', "-", ":", " ", "a", "B7"]),
        st.integers(1, 70).map(lambda count: expand("{{key65:around}}{{key:around}}")[:count]),
    ),
    max_size=6,
).map("".join)


@settings(max_examples=2000)
@given(AROUND, AROUND)
def test_what_is_glued_stands_by_itself_nowhere(before: str, after: str) -> None:
    text = before + expand("{{key:glued}}") + after
    start = len(before)
    if is_glued(text.encode(), start, start + 64):
        assert surroundings(Document("data.txt", text), start, start + 64) != "free"


CODED = "{{repeat:aB3:13}}/{{repeat:aB3:13}}"


@pytest.mark.parametrize(
    ("before", "after", "glued"),
    [
        pytest.param("", "", False, id="by itself"),
        pytest.param("", "/ and a long sentence, of words and of signs, longer than any key", False, id="a sign"),
        pytest.param(f"{CODED}+", f"/{CODED}", True, id="amid base64"),
        pytest.param(f"{CODED}+", '"', True, id="at the end of base64"),
        pytest.param('"', f"+{CODED}", True, id="at the start of base64"),
        pytest.param("{{key:b}}/", "", False, id="after another"),
        pytest.param("", "/{{key:b}}", False, id="before another"),
        pytest.param(f"{CODED}\\n+", "\\n", False, id="an added line"),
    ],
)
def test_is_glued(before: str, after: str, glued: bool) -> None:
    start = len(expand(before))
    data = expand(before + "{{key:a}}" + after).encode()
    assert is_glued(data, start, start + 64) is glued


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_a_key_is_of_interest_wherever_it_stands(before: bytes, after: bytes) -> None:
    key = expand("{{key:anywhere}}").encode()
    assert of_interest(before + b" " + key + b" " + after)


@pytest.mark.parametrize(
    ("text", "value", "encoding"),
    [
        pytest.param("{{key:a}}", "{{key:a}}", "plain", id="plain"),
        pytest.param("\\n{{key:a}}", "{{key:a}}", "plain", id="escape"),
        pytest.param("{{base64:{{key:a}}}}", "{{key:a}}", "base64", id="base64"),
        pytest.param("{{hex:{{key:a}}}}", "{{key:a}}", "hex", id="hexadecimal"),
    ],
)
def test_read_decodes(text: str, value: str, encoding: str) -> None:
    data = expand(text).encode()
    (span,) = runs(data)
    run = read(data, *span)
    assert isinstance(run, Run)
    assert (run.value.decode(), run.encoding) == (expand(value), encoding)
    assert run.end == len(data)


@pytest.mark.parametrize("text", ["x{{key:a}}", "{{key:a}}xyz", "\\xyz{{key:a}}"])
def test_read_refuses_what_is_no_key(text: str) -> None:
    data = expand(text).encode()
    assert [read(data, *span) for span in runs(data)] == [None]


ALL_CLASSES = expand("{{key:versions}}").encode()
PARTS = [
    *(bytes([97 + place]) * 30 + b" a line of a file\n" for place in range(6)),
    b"x" * 90 + b"\n",
    b"0123456789abcdef" * 4 + b"\n",
    b"name: " + ALL_CLASSES + b"\n",
    ALL_CLASSES + b"+" + ALL_CLASSES[:30] + b"\n",
    b"+" + ALL_CLASSES[:50],
    b"/" + ALL_CLASSES[9:] + ALL_CLASSES,
    b"z" + ALL_CLASSES * 2 + b"\n",
    ALL_CLASSES[:40],
    ALL_CLASSES[40:],
    b" binance ",
    RSA_MARKS[1] + b"\n",
    b"\\n",
]
EDITS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 3), st.lists(st.sampled_from(PARTS), max_size=3)), max_size=8
)


@pytest.mark.usefixtures("look")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PARTS[:8]), min_size=40, max_size=60), EDITS)
def test_versions_are_told_as_each_alone(
    monkeypatch: pytest.MonkeyPatch, parts: list[bytes], edits: list[tuple[int, int, list[bytes]]]
) -> None:
    monkeypatch.setattr(sieve, "_AROUND", 4 * sieve.KEY_LENGTH)
    monkeypatch.setattr(sieve, "_LEAST_OF_VERSIONS", 0)
    tells = Versions()
    for place, gone, new in [(0, 0, []), *edits]:
        parts[place : place + gone] = new
        data = b"".join(parts)
        assert tells(data) is of_interest(data)
