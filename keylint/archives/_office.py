"""What the XML of docx, xlsx and pptx says: a paragraph, or a cell's text, a line."""

from __future__ import annotations

OFFICE = ("word/", "xl/", "ppt/")
# A paragraph, a line's end, a shared string, a cell.
_LINE_ENDS = rb"</(?:w:p|a:p|si|c)>|<w:(?:br|cr)\b[^>]*>"


def text_of_office(data: bytes) -> bytes:
    """Return the text of a part of an office document; the words of one paragraph may be in any number of elements."""
    import re
    from html import unescape

    if b"<w:t" not in data and b"<t" not in data and b"<a:t" not in data:
        return data
    # What its lines are in the file says nothing to a reader.
    text = re.sub(_LINE_ENDS, b"\n", data.replace(b"\n", b" ").replace(b"\r", b" "))
    return unescape(re.sub(rb"<[^<>]*>", b"", text).decode("utf-8", "surrogateescape")).encode(
        "utf-8", "surrogateescape"
    )
