"""What is read of source code that the grammar gives up on."""

from __future__ import annotations

import pytest

from keylint.documents.document import Document
from keylint.recognition import programs
from keylint.recognition.programs import program, script


def fail(*_: object) -> None:
    raise ValueError("Parsing failed")


def test_what_cannot_be_parsed_is_read_by_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "code", fail)
    monkeypatch.setattr(programs, "read_code", fail)
    read = program(Document("bot.py", "print(api_key)\n"))
    assert read is not None
    assert (read.how, [call.callee for call in read.calls]) == ("fallback", ["print"])
    assert program(Document("bot.txt", "print(api_key)\n")) is None
    assert script("echo $API_KEY").how == "fallback"
