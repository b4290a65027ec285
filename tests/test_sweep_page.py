"""docs/sweep.md is true: its sessions are replayed, its queries asked, its tables are those of the code (`make docs`)."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import test_sweep
from conftest import ROOT, Result, spawn
from jsonschema import Draft202012Validator
from sweeps import DAYS, commit, five_sweeps, run_sweep

from keylint.sweep.tables import metadata

postgresql = test_sweep.postgresql
PAGE = ROOT / "docs" / "sweep.md"
BLOCK = re.compile(r"<!-- begin: (?P<what>[^>]*?) -->\n(?P<body>.*?)<!-- end -->", re.DOTALL)
QUERIES = re.findall(r"^```sql\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
SESSIONS = {
    "first": (
        "keylint sweep clones",
        "keylint sweep report --report html=keylint.html --report csv=keylint.csv --quiet",
        "keylint sweep clones --new-only --quiet && echo nothing new",
    ),
    "again": ("keylint sweep clones --new-only", "keylint sweep diff 1 3 --quiet"),
}


def blocks() -> dict[str, str]:
    return {match["what"]: match["body"] for match in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}


def rewrite(shown: dict[str, str]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(
        BLOCK.sub(
            lambda match: f"<!-- begin: {match['what']} -->\n{shown.get(match['what'], match['body'])}<!-- end -->",
            text,
        ),
        encoding="utf-8",
    )


def played(folder: Path, commands: Sequence[str], day: str) -> str:
    """Return what a session prints on a day."""
    program = folder / "bin" / "keylint"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m keylint "$@" --today {day}\n')
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    lines: list[str] = []
    for command in commands:
        done = subprocess.run(
            ["sh", "-c", command], cwd=folder, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        lines += [f"$ {command}", *done.stdout.splitlines()]
    return "```console\n" + "\n".join(lines) + "\n```\n"


def test_the_sessions_print_what_the_page_shows(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    clones = tmp_path / "clones"
    commit(clones / "bot", "2026-05-04", {"bot.py": 'API_KEY = "{{key:bot}}"\n'})
    commit(clones / "tax", "2026-06-01", {"tax.py": 'API_KEY = "{{key:tax}}"\n'})
    commit(clones / "tax", "2026-06-02", {"tax.py": "import os\n"})
    commit(clones / "web", "2026-06-03", {"index.html": "<p>nothing</p>\n"})
    shown = {"first": played(tmp_path, SESSIONS["first"], "2026-11-02")}
    commit(clones / "web", "2026-11-02", {"config.js": 'const binanceApiKey = "{{key:web}}";\n'})
    shown["again"] = played(tmp_path, SESSIONS["again"], "2026-11-03")
    assert {"keylint.db", "keylint.html", "keylint.csv"} <= {file.name for file in tmp_path.iterdir()}
    if request.config.getoption("--rewrite"):
        rewrite(shown)
    assert {what: body for what, body in blocks().items() if what in shown} == shown


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the store of five sweeps, and a repository that could never be examined."""
    folder = tmp_path_factory.mktemp("organisation")
    commit(folder / "clones" / "broken", "2026-05-04", {"keylint.keys.yaml": "keys: [{nonsense: 1}]\n"})
    sweeps = five_sweeps(folder)
    assert [one.code for one in sweeps] == [1] * len(DAYS), sweeps[0].err
    return folder


def table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return an answer as Markdown; of a digest the beginning."""
    plain = [[" ".join(str(cell).split()).replace("|", "\\|") for cell in row] for row in rows]
    cells = [[re.sub(r"^([0-9a-f]{8})[0-9a-f]{56}$", r"\1…", cell) for cell in row] for row in plain]
    lines = [list(names), ["---"] * len(names), *cells]
    return "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"


def test_the_queries_give_what_the_page_shows(organisation: Path, request: pytest.FixtureRequest) -> None:
    shown = {}
    with closing(sqlite3.connect(organisation / "keylint.db")) as connection:
        for number, query in enumerate(QUERIES, 1):
            cursor = connection.execute(query)
            rows = cursor.fetchall()
            assert rows, query  # a question without an answer shows nothing
            shown[f"answer {number}"] = table([column[0] for column in cursor.description], rows)
    if request.config.getoption("--rewrite"):
        rewrite(shown)
    assert {what: body for what, body in blocks().items() if what.startswith("answer")} == shown


def test_postgresql_answers_alike(postgresql: str, tmp_path: Path, organisation: Path) -> None:
    import psycopg

    with closing(sqlite3.connect(organisation / "keylint.db")) as connection:
        expected = [connection.execute(query).fetchall() for query in QUERIES]
        rows = {name: connection.execute(f'select * from "{name}"').fetchall() for name in metadata.tables}  # noqa: S608
    (command,) = re.findall(r"^    (keylint sweep .*postgresql://.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    store = "postgresql://keylint@db.example.org/keylint"
    assert store in command
    commit(tmp_path / "clones" / "web", "2026-05-04", {"index.html": ""})
    ran = run_sweep(*command.replace(store, postgresql).split()[2:], cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    with psycopg.connect(postgresql) as connection:
        for one in reversed(metadata.sorted_tables):
            connection.execute(f'delete from "{one.name}"')  # noqa: S608
        for one in metadata.sorted_tables:
            flags = [isinstance(column.type.python_type(), bool) for column in one.columns]
            for row in rows[one.name]:
                values = [bool(value) if flag else value for value, flag in zip(row, flags, strict=True)]
                marks = ", ".join(["%s"] * len(values))
                connection.execute(f'insert into "{one.name}" values ({marks})', values)  # noqa: S608
        for query, rows_of in zip(QUERIES, expected, strict=True):
            asked = query.replace("json_extract(facts.record, '$[2]')", "facts.record::json ->> 2").replace("%", "%%")
            assert connection.execute(asked, ()).fetchall() == rows_of


def columns(text: str) -> Iterator[tuple[str, str]]:
    """Yield table and column as the page lists them."""
    name = ""
    for first, second in re.findall(r"^\| (`\w+`)? ?\| (`[^|]*`) \|", text, re.MULTILINE):
        name = first.strip("`") or name
        yield from ((name, column) for column in re.findall(r"`(\w+)`", second))


def test_the_tables_are_those_of_the_store(organisation: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    told = list(columns(text[text.index("| table | column | meaning |") : text.index("### Questions")]))
    assert len(told) == len(set(told))
    assert set(told) == {(one.name, column.name) for one in metadata.sorted_tables for column in one.columns}
    with closing(sqlite3.connect(organisation / "keylint.db")) as connection:
        there = connection.execute(
            "select m.name, c.name from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table'"
        )
        assert set(there) == set(told)


def test_the_exit_codes_are_those_of_the_page(organisation: Path, tmp_path: Path) -> None:
    def code(*arguments: str) -> int:
        return run_sweep(*arguments, cwd=tmp_path).code

    commit(tmp_path / "clean" / "a", "2026-05-04", {"index.html": ""})
    shutil.copytree(organisation / "clones" / "broken", tmp_path / "broken" / "a")
    (tmp_path / "empty").mkdir()
    found = {
        0: code("clean"),
        1: code("report", "--store", str(organisation / "keylint.db")),
        2: code("clean", "--config", "none.yaml"),
        3: code("empty"),
        4: code("broken"),
    }
    assert found == {number: number for number in found}
    assert code("report", "--store", str(organisation / "keylint.db"), "--fail-on", "never") == 4
    text = PAGE.read_text(encoding="utf-8")
    listed = text[text.index("### Exit codes") : text.index("## Formats")]
    assert [int(one) for one in re.findall(r"^\| (\d+) \|", listed, re.MULTILINE)] == [*found, 5, 130]


def test_the_formats_are_those_of_the_page() -> None:
    from keylint.registry import names

    text = PAGE.read_text(encoding="utf-8")
    listed = text[text.index("## Formats") : text.index("## Several machines")]
    assert sorted(re.findall(r"^\| `(\w+)` \|", listed, re.MULTILINE)) == list(names("keylint.sweep.views"))


TEXT, NUMBER, FLAG, DATE = (
    {"type": "string"},
    {"type": "integer", "minimum": 0},
    {"type": "boolean"},
    {"format": "date"},
)


def record(**fields: object) -> dict[str, object]:
    """A mapping that has all these, and nothing else."""
    return {"type": "object", "properties": fields, "required": sorted(fields), "additionalProperties": False}


SWEEP = record(id=NUMBER, day=DATE, started=TEXT, finished={"type": ["string", "null"]})
GRADED = dict.fromkeys(("critical", "high", "medium", "low"), NUMBER)
PLACE = {"line": NUMBER, "column": NUMBER, "path": TEXT}
FOUND = {
    "repository": TEXT, "owner": TEXT, "tags": {"type": "array", "items": TEXT}, "first_seen": DATE, "exposed_days": NUMBER,
    "rule": TEXT, "severity": {"enum": list(GRADED)}, "confidence": {"enum": ["low", "medium", "high"]}, "evidence": TEXT,
    "message": TEXT, "remediation": TEXT, "references": {"type": "array", "items": TEXT}, **PLACE, "end_line": NUMBER,
    "end_column": NUMBER, "fingerprint": {"pattern": "^[0-9a-f]{64}$"}, "facts": {"type": "object"},
    "suppression": {"anyOf": [{"type": "null"}, record(kind=TEXT, reason=TEXT, owner={}, expires={})]},
    "commit": {"anyOf": [{"type": "null"}, record(id=TEXT, author=TEXT, date=TEXT, first_seen=FLAG)]},
    "occurrences": {"type": "array", "items": {"type": "object", "required": ["path", "line"]}},
}  # fmt: skip
SCHEMA = record(
    schema={"const": "keylint/sweep/1"},
    tool=record(name={"const": "keylint"}, version=TEXT),
    sweep=SWEEP,
    before={"anyOf": [{"type": "null"}, SWEEP]},
    summary=record(**GRADED, **dict.fromkeys(("suppressed", "new", "resolved", "repositories", "failed", "incomplete"), NUMBER)),
    repositories={
        "type": "array",
        "items": record(
            name=TEXT, state={"enum": ["done", "unchanged", "failed"]}, why=TEXT, seconds={"type": "number"},
            **dict.fromkeys(("files", "bytes", "commits", "skipped", "incomplete"), NUMBER),
        ),
    },
    findings={"type": "array", "items": record(new=FLAG, **FOUND)},
    resolved={"type": "array", "items": record(**FOUND)},
    skipped={
        "type": "array",
        "items": {**record(repository=TEXT, path=TEXT, reason=TEXT), "additionalProperties": TEXT},
    },
    trend={"type": "array", "items": record(sweep=NUMBER, day=DATE, **GRADED, new=NUMBER, resolved=NUMBER)},
)  # fmt: skip


def report(folder: Path, *arguments: str) -> dict[str, Any]:
    ran: Result = run_sweep("report", "--format", "json", *arguments, cwd=folder)
    document: dict[str, Any] = json.loads(ran.out)
    return document


def test_the_json_report_is_what_the_page_says(organisation: Path) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    validator = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for number in ("1", "3", "5"):
        document = report(organisation, "--sweep", number)
        assert [error.message for error in validator.iter_errors(document)] == []
        assert document["findings"]
        assert (document["before"] is None, bool(document["resolved"])) == (number == "1", number != "1")
    assert [error.message for error in validator.iter_errors({**document, "more": 1})]
    text = PAGE.read_text(encoding="utf-8")
    described = text[text.index("## The JSON report") :]
    fields = re.findall(r"^\| (`[^|]*`) \|", described, re.MULTILINE)
    told = [name for one in fields for name in re.findall(r"`(\w+)`", one)]
    of_scans = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    ours = [*SCHEMA["properties"], "new", *FOUND]  # type: ignore[misc]
    assert set(told) | set(re.findall(r"`(\w+)`", of_scans)) >= set(ours)
    assert set(told) <= set(ours)


@contextmanager
def program(command: Sequence[str], folder: Path) -> Iterator[None]:
    """Run a program for as long as the block lasts."""
    begun = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        begun.terminate()
        begun.wait()


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def commands(what: str) -> list[str]:
    return [line for line in blocks()[what].splitlines() if line and not line.startswith(("#", "```"))]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
def test_a_cluster_with_tls(tmp_path: Path) -> None:
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=keylint -keyout host.key -out host.pem"
    subprocess.run(make.split(), cwd=tmp_path, check=True, capture_output=True)
    shutil.copy(tmp_path / "host.pem", tmp_path / "ca.pem")
    commit(tmp_path / "clones" / "bot", "2026-05-04", {"bot.py": 'API_KEY = "{{key:bot}}"\n'})
    port = str(free_port())
    here = [one.replace("10.0.0.7", "127.0.0.1").replace("8786", port) for one in commands("tls")]
    scheduler, worker, *variables, sweep = here
    settings = dict(one.removeprefix("export ").split("=") for one in variables)
    dask = [sys.executable, "-m", "dask"]
    less = ["--no-dashboard"]
    with (
        program([*dask, *scheduler.split()[1:], *less], tmp_path),
        program([*dask, *worker.replace("--nworkers 4", "--nworkers 1").split()[1:], *less], tmp_path),
    ):
        ran = spawn(*sweep.split()[1:], cwd=tmp_path, env=settings)
        assert (ran.code, "hardcoded-api-key" in ran.out) == (1, True), ran.err
        # In another store: where nothing is new no cluster is asked.
        without = spawn(*sweep.split()[1:], "--store", "other.db", cwd=tmp_path)
        assert (without.code, "no cluster answers" in without.err) == (2, True), without.err


def test_datasette_shows_the_tables(organisation: Path) -> None:
    install, serve = commands("datasette")
    assert (install, serve) == ("pip install datasette", "datasette keylint.db")
    found = shutil.which("datasette")
    if found is None:
        pytest.skip("no Datasette here (pip install datasette)")
    port = free_port()
    with program([found, *serve.split()[1:], "--port", str(port)], organisation):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/keylint.json") as answer:
                    document = json.load(answer)
                break
            except OSError:
                time.sleep(0.2)
        assert {one["name"] for one in document["tables"]} == set(metadata.tables)
