"""Commands of scripts and of everything that runs them: words, places, and what they are expanded to."""

from __future__ import annotations

import pytest

from keylint.documents.document import Document
from keylint.recognition.commands import commands


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.md", "bot --api-key x", []),
        ("a.yaml", "name: bot --api-key x", []),
        ("a.yaml", "args: {api-key: x}", []),
        ("a.ipynb", '{"command": ["bot", "--api-key"]}', []),
        ("Dockerfile", "FROM a\nENV API_KEY=x\n", []),
        ("a.sh", "/usr/bin/bot --api-key 'x y'", [("bot", "--api-key", "x y")]),
        ("run", "#!/bin/sh\nbot --api-key x\n", [("bot", "--api-key", "x")]),
        ("a.yaml", "run: >-\n  bot\n  --api-key x\n", [("bot", "--api-key", "x")]),
        ("a.yaml", "script:\n  - make all\n  - bot --api-key x\n", [("bot", "--api-key", "x")]),
        ("a.yaml", "command: bot --api-key x", [("bot", "--api-key", "x")]),
        ("a.yaml", "command: [/bin/bot, --api-key, x]", [("bot", "--api-key", "x")]),
        ("a.yaml", "args: [--api-key, x]", [("the container", "--api-key", "x")]),
        ("a.yaml", "entrypoint: [sh, -c, 'bot --api-key x']", [("bot", "--api-key", "x")]),
        ("package.json", '{"scripts": {"a": "bot --api-key x"}}', [("bot", "--api-key", "x")]),
        ("a.service", "[Service]\nExecStart=/bin/bot --api-key x\n", [("bot", "--api-key", "x")]),
        ("Dockerfile", 'FROM a\nENTRYPOINT ["bot", "--api-key", "x"]\n', [("bot", "--api-key", "x")]),
        ("Dockerfile", "FROM a\nRUN bot \\\n  --api-key x\n", [("bot", "--api-key", "x")]),
        ("Makefile", "a:\n\t@bot --api-key x\n", [("bot", "--api-key", "x")]),
        (
            "crontab",
            "@daily bot --api-key x\n5 * * * 1-5 bot --api-key y\n",
            [("bot", "--api-key", "x"), ("bot", "--api-key", "y")],
        ),
    ],
)
def test_commands(path: str, text: str, expected: list[tuple[str, ...]]) -> None:
    found = commands(Document(path, text))
    assert [(command.program, *(word.text for word in command.words[1:])) for command in found] == expected


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("bot $API", ()),
        ("bot '$API_KEY'", ()),
        ("bot ${API_KEY:0:4} ${API_KEY:+set} ${API_KEY%x} ${#API_KEY}", ()),
        ('bot "$(mask "$API_KEY")" `mask $API_KEY`', ()),
        ("K=$(mask $API_KEY); bot $K", ()),
        ("bot $API_KEY", ("API_KEY",)),
        ('bot "x:${API_SECRET:-none}"', ("API_SECRET",)),
        ("K=$API_KEY\nL=$K\nbot --key=$L", ("L",)),
    ],
)
def test_what_words_are_expanded_to(text: str, keys: tuple[str, ...]) -> None:
    found = commands(Document("a.sh", text))
    bots = [command for command in found if command.program == "bot"]
    assert tuple(key for command in bots for word in command.words for key in word.keys) == keys


def test_words_know_their_places() -> None:
    text = "steps:\n  - run: |\n      set -eu\n      bot --api-key ${{ secrets.BINANCE_API_KEY }}\n"
    (command,) = (command for command in commands(Document("a.yml", text)) if command.program == "bot")
    option, value = command.words[1:]
    assert (text[option.start : option.end], value.keys) == ("--api-key", ("BINANCE_API_KEY",))
    assert text[value.start :].startswith("${{ secrets.BINANCE_API_KEY")


def test_no_more_commands_than_anybody_writes() -> None:
    lines = "".join(f"chmod 600 .env{place}\n" for place in range(3000))
    assert len(commands(Document("a.sh", lines))) == 2000
