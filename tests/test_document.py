"""Offsets to lines and columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keylint.documents.document import Document
from keylint.model import Location

LINES = st.lists(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=8), min_size=1)


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.data())
def test_location_names_the_line_and_column(lines: list[str], ending: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(lines) - 1))
    column = data.draw(st.integers(0, len(lines[place])))
    document = Document("file", ending.join(lines))
    offset = sum(len(line) + len(ending) for line in lines[:place]) + column
    location = document.location(offset, offset)
    assert (location.line, location.column) == (place + 1, column + 1)
    assert document.text[slice(*document.line_span(place + 1))] == lines[place]


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        pytest.param("a\rkey", (2, 5), (2, 1, 2, 4), id="old Macintosh lines"),
        pytest.param("käse key", (5, 8), (1, 6, 1, 9), id="columns are characters"),
        pytest.param("one\ntwo\nthree", (0, 8), (1, 1, 2, 5), id="a span over lines ends on its last line"),
    ],
)
def test_locations(text: str, span: tuple[int, int], expected: tuple[int, int, int, int]) -> None:
    assert Document("file", text).location(*span) == Location("file", *expected)


@pytest.mark.parametrize("line", [0, 3, 100])
def test_there_is_nothing_on_lines_that_do_not_exist(line: int) -> None:
    start, end = Document("file", "one\ntwo").line_span(line)
    assert start == end


def test_ascii_keeps_offsets() -> None:
    document = Document("file", "ä😀key")
    assert document.ascii == b"??key"
    assert document.lowered == "??key"
