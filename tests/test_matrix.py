"""How a key may be written, in which language, packed how: what is found, and honestly what is not.

`make docs` rewrites the tables of docs/detection.md from this; the diff is read.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import json
import lzma
import re
import sqlite3
import sys
import tarfile
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from html import escape
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from conftest import ROOT

from keylint.model import Fact
from keylint.pipeline import examine, is_sure, lens, lens_on_the_past
from keylint.policy.placeholders import expand

PAGE = ROOT / "docs" / "detection.md"
BLOCK = re.compile(r"<!-- begin: (?P<what>[^>]*?) -->\n(?P<body>.*?)<!-- end -->", re.DOTALL)

KEY = expand("{{key:matrix}}")
FIRST, SECOND = KEY[:32], KEY[32:]
QUARTERS = [KEY[at : at + 16] for at in range(0, 64, 16)]

# --- What a value is bound to, and the file that this stands in.

PLAIN = {
    "Python": ("conf.py", 'import os\n\nBINANCE_API_KEY = "{}"\n'),
    "JavaScript": ("conf.js", 'const os = require("os");\n\nconst binanceApiKey = "{}";\n'),
    "Java": ("Conf.java", 'class Conf {{\n\n  static final String BINANCE_API_KEY = "{}";\n}}\n'),
    "Go": ("conf.go", 'package conf\n\nconst BinanceAPIKey = "{}"\n'),
    "shell": ("run.sh", '#!/bin/sh\n\nexport BINANCE_API_KEY="{}"\n'),
    ".env": ("prod.env", "DEBUG=0\n\nBINANCE_API_KEY={}\n"),
    "YAML": ("conf.yaml", "debug: false\n\nbinance_api_key: {}\n"),
    "JSON": ("conf.json", '{{\n  "debug": 0,\n  "binance_api_key": "{}"\n}}\n'),
    "prose": ("notes.txt", "From: Alice\n\nMy Binance API key: {}\n"),
}
LANGUAGES = tuple(PLAIN)
# Lines of a value that has some, where a language lets them stand.
LINES = {"Python": "\n", "shell": "\n", ".env": "\n", "YAML": "\n  ", "JSON": "\\n", "JavaScript": "\\n", "prose": "\n"}


def base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def in_lines(text: str, width: int) -> list[str]:
    return [text[at : at + width] for at in range(0, len(text), width)]


def each(form: str, text: str = KEY) -> str:
    return "".join(form.format(ord(character)) for character in text)


VALUES = {
    "as it is": KEY,
    "reversed": KEY[::-1],
    "base64": base64(KEY),
    "base64 without padding": base64(KEY).rstrip("="),
    "base64 with a line feed": base64(KEY + "\n"),
    "URL-safe base64 of `key?secret`": urlsafe_b64encode(f"{KEY}?>{expand('{{secret:matrix}}')}".encode()).decode(),
    "base64 of `key:secret`": base64(f"{KEY}:{expand('{{secret:matrix}}')}"),
    "base64 of a settings file": base64(f"# settings\nBINANCE_API_KEY={KEY}\nDEBUG=0\n"),
    "base64 of UTF-16": b64encode(f"$env:BINANCE_API_KEY='{KEY}'".encode("utf-16-le")).decode(),
    "base64 twice": base64(base64(KEY)),
    "hexadecimal": KEY.encode().hex(),
    "hexadecimal, upper case": KEY.encode().hex().upper(),
    "percent-encoded": each("%{:02X}"),
    "after a percent-encoded quote": f"%22{KEY}%22",
    "HTML entities": each("&#{};"),
    "hexadecimal HTML entities": each("&#x{:x};"),
    "between HTML entities": f"&quot;{KEY}&quot;",
    "`\\x` escapes": each("\\x{:02x}"),
    "`\\u` escapes": each("\\u{:04x}"),
    "octal escapes": each("\\{:03o}"),
    "after a written line feed": f"\\n{KEY}",
    "base64 of gzip": b64encode(gzip.compress(KEY.encode(), mtime=0)).decode(),
    "base64 of each half": base64(FIRST) + "." + base64(SECOND),
    "base64, reversed": base64(KEY)[::-1],
}
WRAPPED = {
    "base64 in lines of 76": in_lines(base64(KEY), 76),
    "base64 in lines of 64": in_lines(base64(KEY), 64),
    "base64 of a settings file, in lines": in_lines(base64(f"# of today\nBINANCE_API_KEY={KEY}\n"), 76),
}


def halves(declared: str, used: str) -> str:
    return declared.format("first", FIRST) + declared.format("second", SECOND) + used


# Shape: the file around it, or what stands in place of the literal and its quotes.
PUT_TOGETHER = {
    "literals side by side": {
        "Python": f'BINANCE_API_KEY = (\n    "{FIRST}"\n    "{SECOND}"\n)\n',
        "shell": f'export BINANCE_API_KEY="{FIRST}""{SECOND}"\n',
    },
    "literals and an operator": {
        "Python": f'BINANCE_API_KEY = "{FIRST}" + "{SECOND}"\n',
        "JavaScript": f'const binanceApiKey = "{FIRST}" +\n  "{SECOND}";\n',
        "Java": f'String binanceApiKey = "{FIRST}"\n    + "{SECOND}";\n',
        "Go": f'const BinanceAPIKey = "{FIRST}" +\n\t"{SECOND}"\n',
    },
    "literals, one after the other appended": {
        "Python": f'binance_api_key = "{FIRST}"\nbinance_api_key += "{SECOND}"\n',
        "JavaScript": f'let binanceApiKey = "{FIRST}";\nbinanceApiKey += "{SECOND}";\n',
        "Java": f'String binanceApiKey = "{FIRST}";\nbinanceApiKey += "{SECOND}";\n',
        "Go": f'binanceAPIKey := "{FIRST}"\nbinanceAPIKey += "{SECOND}"\n',
        "shell": f'BINANCE_API_KEY="{FIRST}"\nBINANCE_API_KEY+="{SECOND}"\n',
    },
    "a list that is joined": {
        "Python": f"BINANCE_API_KEY = ''.join({QUARTERS})\n",
        "JavaScript": f"const binanceApiKey = {QUARTERS}.join('');\n",
        "Java": f'String binanceApiKey = String.join("", "{FIRST}", "{SECOND}");\n',
        "Go": f'var BinanceAPIKey = strings.Join([]string{{"{FIRST}", "{SECOND}"}}, "")\n',
    },
    "a list with a name that is joined": {
        "Python": f'PARTS = {QUARTERS}\n\nBINANCE_API_KEY = "".join(PARTS)\n',
        "JavaScript": f'const parts = {QUARTERS};\n\nconst binanceApiKey = parts.join("");\n',
        "Java": f'String[] parts = {{"{FIRST}", "{SECOND}"}};\n\nString binanceApiKey = String.join("", parts);\n',
        "Go": f'parts := []string{{"{FIRST}", "{SECOND}"}}\n\nbinanceAPIKey := strings.Join(parts, "")\n',
        "shell": f'PARTS=("{FIRST}" "{SECOND}")\nBINANCE_API_KEY="${{PARTS[0]}}${{PARTS[1]}}"\n',
    },
    "halves in two variables, and an operator": {
        "Python": halves('{} = "{}"\n', "\nBINANCE_API_KEY = first + second\n"),
        "JavaScript": halves('const {} = "{}";\n', "\nconst binanceApiKey = first + second;\n"),
        "Java": halves('String {} = "{}";\n', "\nString binanceApiKey = first.concat(second);\n"),
        "Go": halves('const {} = "{}"\n', "\nconst BinanceAPIKey = first + second\n"),
    },
    "halves in two variables, and a template": {
        "Python": halves('{} = "{}"\n', '\nBINANCE_API_KEY = f"{first}{second}"\n'),
        "JavaScript": halves('const {} = "{}";\n', "\nconst binanceApiKey = `${first}${second}`;\n"),
        "Java": halves('String {} = "{}";\n', '\nString binanceApiKey = String.format("%s%s", first, second);\n'),
        "Go": halves('const {} = "{}"\n', '\nvar BinanceAPIKey = fmt.Sprintf("%s%s", first, second)\n'),
        "shell": halves("{}={}\n", 'export BINANCE_API_KEY="$first$second"\n'),
        ".env": halves("{}={}\n", "BINANCE_API_KEY=${first}${second}\n"),
    },
    "halves in two variables, by an anchor": {
        "YAML": f"first: &a {FIRST}\nsecond: &b {SECOND}\nbinance_api_key: !join [*a, *b]\n",
    },
    "a literal over two lines": {
        "Python": f'BINANCE_API_KEY = "{FIRST}\\\n{SECOND}"\n',
        "JavaScript": f'const binanceApiKey = "{FIRST}\\\n{SECOND}";\n',
        "shell": f"export BINANCE_API_KEY={FIRST}\\\n{SECOND}\n",
        "YAML": f'binance_api_key: "{FIRST}\\\n  {SECOND}"\n',
    },
    "a value cut by the width of a page": {
        "YAML": f"binance_api_key: >-\n  {KEY[:40]}\n  {KEY[40:]}\n",
        "prose": f"My Binance API key: {KEY[:40]}\n{KEY[40:]}\n",
    },
    "a value cut by quoted-printable": {"prose": f"My Binance API key: {KEY[:40]}=\n{KEY[40:]}\n"},
    "codes of characters": {
        "Python": f"BINANCE_API_KEY = bytes({[*KEY.encode()]}).decode()\n",
        "JavaScript": f"const binanceApiKey = String.fromCharCode({', '.join(map(str, KEY.encode()))});\n",
        "Java": f"String binanceApiKey = new String(new byte[] {{{', '.join(map(str, KEY.encode()))}}});\n",
        "Go": f"var BinanceAPIKey = string([]byte{{{', '.join(map(hex, KEY.encode()))}}})\n",
        "JSON": json.dumps({"binance_api_key": [*KEY.encode()]}) + "\n",
    },
    "pieces of 8": {
        "Python": f"BINANCE_API_KEY = ''.join({in_lines(KEY, 8)})\n",
        "JavaScript": f"const binanceApiKey = {in_lines(KEY, 8)}.join('');\n",
        "YAML": "binance_api_key:\n" + "".join(f"  - {piece}\n" for piece in in_lines(KEY, 8)),
    },
    "halves in two files": {"Python": f'from other import second\nBINANCE_API_KEY = "{FIRST}" + second\n'},
}


def written() -> Iterator[tuple[str, str, str, str]]:
    """Yield every way to write a key in every language. Shape: way, language, path, text."""
    for way, value in VALUES.items():
        for language, (path, text) in PLAIN.items():
            yield way, language, path, text.format(value)
    for way, lines in WRAPPED.items():
        for language, line_end in LINES.items():
            path, text = PLAIN[language]
            if language == "YAML":
                text = "debug: false\n\nbinance_api_key: |\n  {}\n"
            elif language == "Python":
                text = text.replace('"{}"', '"""{}"""')
            elif language == ".env":
                text = text.replace("{}", '"{}"')
            yield way, language, path, text.format(line_end.join(lines))
    for way, texts in PUT_TOGETHER.items():
        for language, text in texts.items():
            yield way, language, PLAIN[language][0], text


# Honestly not, or not yet.
NOT_FOUND = (
    "base64 of gzip",
    "base64 of each half",
    "base64, reversed",
    "halves in two variables, by an anchor",
    "pieces of 8",
    "halves in two files",
)
WRITTEN = tuple(written())
WAYS = tuple(dict.fromkeys(way for way, *_ in WRITTEN))

# --- What a file is packed into. Shape: path and text to path and bytes, and the path that a report gives.

Packed = tuple[str, bytes, str]
Pack = Callable[[str, str], Packed]


def encoded(encoding: str, mark: bytes = b"") -> Pack:
    return lambda path, text: (path, mark + text.encode(encoding), path)


def zipped(name: str, files: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return stream.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w") -> bytes:
    stream = BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        for path, data in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(data)
            archive.addfile(info, BytesIO(data))
    return stream.getvalue()


def compressed(ending: str, compress: Callable[[bytes], bytes]) -> Pack:
    return lambda path, text: (path + ending, compress(text.encode()), f"{path}{ending}!{path}")


def docker_save(path: str, text: str) -> Packed:
    layer = tarred({f"app/{path}": text.encode()}, "w:gz")
    image = tarred({"manifest.json": b"[]", "blobs/sha256/0a": layer})
    return "image.tar", image, f"image.tar!blobs/sha256/0a!app/{path}"


def docx(_path: str, text: str) -> Packed:
    paragraphs = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in text.splitlines())
    return "notes.docx", zipped("", {"word/document.xml": paragraphs.encode()}), "notes.docx!word/document.xml"


def notebook(kind: str) -> Pack:
    def packed(_path: str, text: str) -> Packed:
        lines = text.splitlines(keepends=True)
        outputs = [{"output_type": "stream", "text": lines}] if kind == "output" else []
        cell = {"cell_type": "code", "source": [] if outputs else lines, "outputs": outputs}
        return "a.ipynb", json.dumps({"cells": [cell], "nbformat": 4}, indent=1).encode(), "a.ipynb"

    return packed


def secret(path: str, text: str) -> Packed:
    data = f"kind: Secret\napiVersion: v1\ndata:\n  {path}: {base64(text)}\n"
    return "secret.yaml", data.encode(), "secret.yaml"


def database(*statements: tuple[str, tuple[object, ...]]) -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder, "a.db")
        connection = sqlite3.connect(file)
        for statement, values in statements:
            connection.execute(statement, values)
        connection.commit()
        connection.close()
        return file.read_bytes()


def sqlite(path: str, text: str) -> Packed:
    table = ("CREATE TABLE files (name TEXT, content TEXT)", ())
    return "state.db", database(table, ("INSERT INTO files VALUES (?, ?)", (path, text))), "state.db!files/1/content"


def program(_path: str, text: str) -> Packed:
    return "bot.exe", b"MZ\x90\0\x03" + bytes(range(256)) * 3 + text.encode() + bytes(range(256)), "bot.exe"


def wide_program(_path: str, text: str) -> Packed:
    return "bot.exe", b"MZ\x90\0\x03" + bytes(range(256)) * 3 + text.encode("utf-16-le") + bytes(256), "bot.exe"


NOT_PACKED = "UTF-8"
PAST = "git's history"
PACKED: dict[str, Pack] = {
    NOT_PACKED: encoded("utf-8"),
    "UTF-8 with a mark": encoded("utf-8", codecs.BOM_UTF8),
    "Latin-1": lambda path, text: (path, text.replace("\n\n", "\n# \xe9\n", 1).encode("latin-1"), path),
    "UTF-16 LE with a mark": encoded("utf-16-le", codecs.BOM_UTF16_LE),
    "UTF-16 BE with a mark": encoded("utf-16-be", codecs.BOM_UTF16_BE),
    "UTF-16 LE without": encoded("utf-16-le"),
    "UTF-16 BE without": encoded("utf-16-be"),
    "UTF-32 LE with a mark": encoded("utf-32-le", codecs.BOM_UTF32_LE),
    "UTF-32 BE with a mark": encoded("utf-32-be", codecs.BOM_UTF32_BE),
    "UTF-32 LE without": encoded("utf-32-le"),
    "UTF-32 BE without": encoded("utf-32-be"),
    "gzip": compressed(".gz", gzip.compress),
    "bzip2": compressed(".bz2", bz2.compress),
    "xz": compressed(".xz", lzma.compress),
    "zip, jar, whl": lambda path, text: ("a.jar", zipped("", {f"b/{path}": text.encode()}), f"a.jar!b/{path}"),
    "tar": lambda path, text: ("a.tar", tarred({f"b/{path}": text.encode()}), f"a.tar!b/{path}"),
    "tar.gz": lambda path, text: ("a.tgz", tarred({f"b/{path}": text.encode()}, "w:gz"), f"a.tgz!b/{path}"),
    "tar.bz2": lambda path, text: ("a.tbz", tarred({f"b/{path}": text.encode()}, "w:bz2"), f"a.tbz!b/{path}"),
    "tar.xz": lambda path, text: ("a.txz", tarred({f"b/{path}": text.encode()}, "w:xz"), f"a.txz!b/{path}"),
    "tar.gz in a zip": lambda path, text: (
        "a.zip",
        zipped("", {"b.tgz": tarred({path: text.encode()}, "w:gz")}),
        f"a.zip!b.tgz!{path}",
    ),
    "`docker save`": docker_save,
    "docx": docx,
    "notebook, source": notebook("source"),
    "notebook, output": notebook("output"),
    "`data` of a Kubernetes Secret": secret,
    "SQLite": sqlite,
    "program, byte strings": program,
    "program, UTF-16 strings": wide_program,
    PAST: encoded("utf-8"),
}
READS_DATABASES = sys.version_info >= (3, 11)
if not READS_DATABASES:
    del PACKED["SQLite"]


# Where a line of the file is not the same line of what it is packed into: the one that holds it, or none that helps.
OUTER = ("notebook, source", "notebook, output")
ONE_LINE = {"`data` of a Kubernetes Secret": 4}
NO_LINES = ("program, byte strings", "program, UTF-16 strings")


LENS, LENS_ON_THE_PAST = lens(), lens_on_the_past()
DIGESTS = {"reversed": sha256(KEY[::-1].encode()).hexdigest()}
DIGEST = sha256(KEY.encode()).hexdigest()


def places(path: str, data: bytes, digest: str, *, past: bool) -> set[tuple[str, int]]:
    """Where a key is found with the confidence that is reported. Shape: path, line from 1."""
    return {
        (one.location.path, one.location.line)
        for one in examine(path, data, LENS_ON_THE_PAST if past else LENS)
        if isinstance(one, Fact) and one.identity == digest and is_sure(one, "medium")
    }


def line_of(way: str, text: str) -> int:
    """Return the line that a key, or its first piece, stands on."""
    marks = [FIRST, QUARTERS[0], KEY[:8], *WRAPPED.get(way, ())[:1], VALUES.get(way, "\0")]
    marks.append(json.dumps(marks[-1])[1:-1])
    marks += [f"{KEY.encode()[0]},", f"{KEY.encode()[0]:#x},"]
    return min(text[:place].count("\n") + 1 for place in map(text.find, marks) if place >= 0)


def is_found(pack: str, way: str, path: str, text: str) -> bool:
    outer, data, told = PACKED[pack](path, text)
    found = places(outer, data, DIGESTS.get(way, DIGEST), past=pack == PAST)
    if pack in NO_LINES:
        return told in {place for place, _ in found}
    if pack in OUTER:
        return (told, line_of(way, data.decode())) in found
    return (told, ONE_LINE.get(pack) or line_of(way, text)) in found


Cell = tuple[str, str, str]


@pytest.fixture(scope="module")
def found() -> dict[Cell, bool]:
    """Tell of every packing, way and language whether the key is found, where it is."""
    return {
        (pack, way, language): is_found(pack, way, path, text)
        for pack in PACKED
        for way, language, path, text in WRITTEN
    }


def ways_table(found: dict[Cell, bool]) -> str:
    head = f"| written | {' | '.join(LANGUAGES)} |\n|---|{'---|' * len(LANGUAGES)}\n"
    words = {True: "found", False: "**no**", None: ""}
    return head + "".join(
        f"| {way} | {' | '.join(words[found.get((NOT_PACKED, way, language))] for language in LANGUAGES)} |\n"
        for way in WAYS
    )


def packs_table(found: dict[Cell, bool]) -> str:
    """What is found of all that is found in a file that is not packed."""
    rows = ""
    for pack in PACKED:
        if pack == NOT_PACKED:
            continue
        cells, missed = [], {}
        for language in LANGUAGES:
            ways = [way for way in WAYS if found.get((NOT_PACKED, way, language))]
            lost = [way for way in ways if not found[pack, way, language]]
            missed.update(dict.fromkeys(lost))
            cells.append(f"{len(ways) - len(lost)} of {len(ways)}" if lost else "all")
        rows += f"| {pack} | {' | '.join(cells)} | {'; '.join(missed)} |\n"
    head = f"| packed | {' | '.join(LANGUAGES)} | not found |\n|---|{'---|' * len(LANGUAGES)}---|\n"
    return head + rows


@pytest.mark.skipif(not READS_DATABASES, reason="the page tells of a Python that reads SQLite")
def test_the_page_tells_what_is_found(found: dict[Cell, bool], request: pytest.FixtureRequest) -> None:
    tables = {"ways": ways_table(found), "packs": packs_table(found)}
    page = PAGE.read_text(encoding="utf-8")
    if request.config.getoption("--rewrite"):
        page = BLOCK.sub(
            lambda match: f"<!-- begin: {match['what']} -->\n{tables[match['what']]}<!-- end -->",
            page,
        )
        PAGE.write_text(page, encoding="utf-8")
    assert {match["what"]: match["body"] for match in BLOCK.finditer(page)} == tables


def test_what_is_found_where_it_is_not_packed(found: dict[Cell, bool]) -> None:
    missed = {way for (pack, way, _), is_there in found.items() if pack == NOT_PACKED and not is_there}
    assert missed == set(NOT_FOUND)


@pytest.mark.parametrize("pack", PACKED)
def test_without_a_key_nothing_is_found(pack: str) -> None:
    """The same files with a value that is one short, or a digest."""
    for text in (PLAIN["Python"][1].format(KEY[:-1]), f'sha256 = "{expand("{{hex64:matrix}}")}"\n'):
        outer, data, _ = PACKED[pack]("conf.txt", text)
        assert [one for one in examine(outer, data, LENS) if isinstance(one, Fact) and one.target == "credential"] == []
