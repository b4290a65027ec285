"""What sweeps leave behind: SQLite, or PostgreSQL for teams. One writer; one transaction a repository; no secret.

A finding is open over spans of sweeps, so that every earlier sweep can still be told, and what was new in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from keylint.errors import UsageError
from keylint.model import Fact, Finding, Severity, Skip
from keylint.sweep import records
from keylint.sweep.results import Kept, Result, Scan, Sweep
from keylint.sweep.tables import SCHEMA, metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

# Of one repository the rest is counted only.
_MOST_SKIPS = 1000
# What of a finding may change while it stays the same one.
_LATEST = ("severity", "line", "column", "brought")


class Open(NamedTuple):
    """A finding in a repository. `since` and `until` are the ids of sweeps; `until` 0: it is open still."""

    target: str
    owner: str
    tags: tuple[str, ...]
    finding: Finding
    since: int
    until: int
    # When it was first seen, by a sweep's day; and the day of the commit that brought it, where history told.
    seen: str
    brought: str

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other one: the repository and the fingerprint."""
        return self.target, self.finding.fingerprint


class Store:
    """A database. Raises UsageError if it cannot be opened, or is not one of keylint's."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        from sqlalchemy.exc import DatabaseError

        try:
            with self._engine.begin() as connection:
                _migrate(connection, url)
        except DatabaseError as error:
            said = str(error.orig).strip().splitlines() or ["it is no database"]
            raise UsageError(f"--store: {shown(url)} cannot be used: {said[0]}") from None

    def close(self) -> None:
        self._engine.dispose()

    def begin(self, started: str, day: str, policy: str, version: str, count: int) -> Sweep:
        """Note that a sweep begins; one that was left unfinished is left so."""
        sweeps = metadata.tables["sweeps"]
        with self._engine.begin() as connection:
            row = {
                "started": started, "finished": "", "day": day, "policy": policy, "version": version, "targets": count,
            }  # fmt: skip
            identity = connection.execute(sweeps.insert().values(**row)).inserted_primary_key
            assert identity is not None
            return Sweep(identity[0], started, "", day, policy, version, count)

    def finish(self, sweep: Sweep, finished: str) -> None:
        """Note that every repository of a sweep was looked at, or failed."""
        sweeps = metadata.tables["sweeps"]
        with self._engine.begin() as connection:
            connection.execute(sweeps.update().where(sweeps.c.id == sweep.id).values(finished=finished))

    def sweeps(self) -> list[Sweep]:
        """Return all sweeps, the first one first."""
        sweeps = metadata.tables["sweeps"]
        with self._engine.connect() as connection:
            return [Sweep(*row) for row in connection.execute(sweeps.select().order_by(sweeps.c.id))]

    def scans(self, sweep: int) -> list[Scan]:
        """Return how every repository of a sweep fared, by name."""
        scans, targets = metadata.tables["scans"], metadata.tables["targets"]
        from sqlalchemy import select

        columns = [scans.c[name] for name in Scan._fields[1:]]
        query = (
            select(targets.c.name, *columns)
            .select_from(scans.join(targets, scans.c.target == targets.c.id))
            .where(scans.c.sweep == sweep)
            .order_by(targets.c.name)
        )
        with self._engine.connect() as connection:
            return [Scan(*row) for row in connection.execute(query)]

    def kept(self) -> dict[str, Kept]:
        """Return by name what the last good look at every repository went by."""
        targets = metadata.tables["targets"]
        from sqlalchemy import select

        query = select(*(targets.c[name] for name in ("name", *Kept._fields))).where(targets.c.refs != "")
        with self._engine.connect() as connection:
            return {name: Kept(*rest) for name, *rest in connection.execute(query)}

    def record(self, sweep: Sweep, owner: str, tags: Sequence[str], result: Result) -> None:
        """Keep what a repository came to, all of it or nothing."""
        with self._engine.begin() as connection:
            target = _target(connection, result.scan.target, owner, tags)
            _insert_scan(connection, sweep, target, result.scan)
            if result.scan.state != "done":
                return
            targets = metadata.tables["targets"]
            connection.execute(targets.update().where(targets.c.id == target).values(**result.kept._asdict()))
            _put_findings(connection, sweep, target, result.findings, across=False)
            _replace(connection, "facts", target, ({"record": records.written(one)} for one in result.facts))
            _replace(connection, "skips", target, (skip._asdict() for skip in result.skips[:_MOST_SKIPS]))

    def record_unchanged(self, sweep: Sweep, unchanged: Sequence[tuple[str, Sequence[str], Scan]]) -> None:
        """Keep of repositories that the store knows that nothing is new in them. Shape: owner, tags, scan."""
        from sqlalchemy import bindparam, select

        targets, scans = metadata.tables["targets"], metadata.tables["scans"]
        told = [(scan, {"owner": owner, "tags": json.dumps(list(tags))}) for owner, tags, scan in unchanged]
        with self._engine.begin() as connection:
            known = {name: rest for name, *rest in connection.execute(
                select(*(targets.c[name] for name in ("name", "id", "owner", "tags")))
            )}  # fmt: skip
            query = select(scans.c.target).where(scans.c.sweep == sweep.id)
            before = set(connection.execute(query).scalars())
            rows = [{**scan._asdict(), "sweep": sweep.id, "target": known[scan.target][0]} for scan, _ in told]
            moved = [
                {"of": known[scan.target][0], **said}
                for scan, said in told
                if known[scan.target][1:] != [*said.values()]
            ]
            again = [{"of": row["target"]} for row in rows if row["target"] in before]
            of: Any = bindparam("of")
            if moved:
                connection.execute(targets.update().where(targets.c.id == of), moved)
            if again:
                connection.execute(scans.delete().where((scans.c.sweep == sweep.id) & (scans.c.target == of)), again)
            if rows:
                connection.execute(scans.insert(), rows)

    def record_across(self, sweep: Sweep, found: Mapping[str, Sequence[Finding]]) -> None:
        """Keep the findings that only all its repositories together gave, by the one that they stand in."""
        from sqlalchemy import select

        targets, scans, findings = (metadata.tables[name] for name in ("targets", "scans", "findings"))
        query = (
            select(targets.c.id, targets.c.name)
            .select_from(targets.join(scans, scans.c.target == targets.c.id))
            .where(scans.c.sweep == sweep.id)
        )
        with self._engine.begin() as connection:
            had = set(connection.execute(select(findings.c.target).where(findings.c.across)).scalars())
            for identity, name in connection.execute(query).all():
                if name in found or identity in had:
                    _put_findings(connection, sweep, identity, found.get(name, ()), across=True)

    def facts(self, sweep: Sweep) -> Iterator[tuple[str, Fact]]:
        """Yield what is compared across the repositories of a sweep, with the repository's name."""
        from sqlalchemy import select

        facts, targets, scans = (metadata.tables[name] for name in ("facts", "targets", "scans"))
        query = (
            select(targets.c.name, facts.c.record)
            .select_from(facts.join(targets, facts.c.target == targets.c.id))
            .join(scans, scans.c.target == targets.c.id)
            .where(scans.c.sweep == sweep.id)
            .order_by(targets.c.name, facts.c.id)
        )
        with self._engine.connect() as connection:
            for name, record in connection.execute(query):
                yield name, records.fact(record)

    def findings(self, sweep: int) -> list[Open]:
        """Return what was open in a sweep's repositories at its end, suppressed or not, by repository and place."""
        from sqlalchemy import select

        spans, scans, findings = (metadata.tables[name] for name in ("spans", "scans", "findings"))
        looked_at = findings.c.target.in_(select(scans.c.target).where(scans.c.sweep == sweep))
        return self._spans(looked_at & (spans.c.since <= sweep) & ((spans.c.until == 0) | (spans.c.until > sweep)))

    def ended(self, before: int, sweep: int) -> list[Open]:
        """Return what counted at the end of one sweep and was closed by the end of a later one, as `findings` does."""
        spans = metadata.tables["spans"]
        closed = (spans.c.until > before) & (spans.c.until <= sweep)
        return self._spans(closed & (spans.c.since <= before) & ~spans.c.suppressed)

    def counts(self) -> dict[int, dict[Severity, int]]:
        """Return by sweep how many findings of each severity were open in its repositories, without the suppressed."""
        from sqlalchemy import func, select

        spans, findings, scans = (metadata.tables[name] for name in ("spans", "findings", "scans"))
        query = (
            select(scans.c.sweep, findings.c.severity, func.count())
            .select_from(scans.join(findings, findings.c.target == scans.c.target))
            .join(
                spans,
                (spans.c.finding == findings.c.id)
                & (spans.c.since <= scans.c.sweep)
                & ((spans.c.until == 0) | (spans.c.until > scans.c.sweep)),
            )
            .where(~spans.c.suppressed)
            .group_by(scans.c.sweep, findings.c.severity)
        )
        found: dict[int, dict[Severity, int]] = {}
        with self._engine.connect() as connection:
            for sweep, severity, count in connection.execute(query):
                found.setdefault(sweep, {})[severity] = count
        return found

    def moves(self) -> dict[int, tuple[int, int]]:
        """Return by sweep how many findings were opened and closed in it, without the suppressed."""
        from sqlalchemy import func, select

        spans = metadata.tables["spans"]
        with self._engine.connect() as connection:
            opened, closed = (
                {
                    int(sweep): int(number)
                    for sweep, number in connection.execute(
                        select(column, func.count()).where(~spans.c.suppressed).group_by(column)
                    )
                }
                for column in (spans.c.since, spans.c.until)
            )
        return {sweep: (opened.get(sweep, 0), closed.get(sweep, 0)) for sweep in {*opened, *closed} - {0}}

    def _spans(self, condition: Any) -> list[Open]:
        from sqlalchemy import select

        spans, findings, targets = (metadata.tables[name] for name in ("spans", "findings", "targets"))
        query = (
            select(
                targets.c.name, targets.c.owner, targets.c.tags, spans.c.record, spans.c.since, spans.c.until,
                findings.c.seen, findings.c.brought,
            )
            .select_from(spans.join(findings, spans.c.finding == findings.c.id))
            .join(targets, findings.c.target == targets.c.id)
            .where(condition)
            .order_by(targets.c.name, findings.c.path, findings.c.line, findings.c.column, findings.c.rule)
        )  # fmt: skip
        with self._engine.connect() as connection:
            return [
                Open(name, owner, tuple(json.loads(tags)), records.finding(record), since, until, seen, brought)
                for name, owner, tags, record, since, until, seen, brought in connection.execute(query)
            ]

    def skips(self) -> list[tuple[str, Skip]]:
        """Return what was left out of the last good look at every repository."""
        from sqlalchemy import select

        skips, targets = metadata.tables["skips"], metadata.tables["targets"]
        query = (
            select(targets.c.name, skips.c.path, skips.c.reason, skips.c.detail)
            .select_from(skips.join(targets, skips.c.target == targets.c.id))
            .order_by(targets.c.name, skips.c.path)
        )
        with self._engine.connect() as connection:
            return [(name, Skip(*rest)) for name, *rest in connection.execute(query)]


def _engine(url: str) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    full = url if "://" in url else f"sqlite:///{url}"
    full = full.replace("postgres://", "postgresql://", 1) if full.startswith("postgres://") else full
    full = full.replace("postgresql://", "postgresql+psycopg://", 1)
    try:
        engine = create_engine(full)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        hint = ": pip install 'keylint[postgresql]'" if "psycopg" in str(error) else ""
        raise UsageError(f"--store: expected a file, or postgresql://…, found '{shown(url)}'{hint}") from None
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # the driver itself begins no transaction before tables are made
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
                connection.execute(f"PRAGMA {pragma}").close()

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN")

    return engine


def shown(url: str) -> str:
    """Return the URL of a store without the password in it."""
    before, at, after = url.rpartition("@")
    scheme, mark, user = before.partition("://")
    return f"{scheme}{mark}{user.partition(':')[0]}:…@{after}" if at and mark and ":" in user else url


def _migrate(connection: Connection, url: str) -> None:
    """Bring the tables of an older keylint up to this one's. Raises: UsageError for those of a newer one."""
    from sqlalchemy import inspect, select

    about = metadata.tables["keylint"]
    there = set(inspect(connection).get_table_names())
    if "keylint" in there:
        found = connection.execute(select(about.c.schema)).scalar_one()
    elif there & set(metadata.tables):
        raise UsageError(f"--store: {shown(url)} holds tables of something else")
    else:
        metadata.create_all(connection)
        connection.execute(about.insert().values(schema=SCHEMA))
        found = SCHEMA
    if found > SCHEMA:
        raise UsageError(f"--store: {shown(url)} was written by a newer keylint (schema {found}, known {SCHEMA})")
    from keylint.sweep.tables import MIGRATIONS

    for step in MIGRATIONS[found - 1 :]:
        for statement in step:
            connection.exec_driver_sql(statement)
    if found < SCHEMA:  # who only reads may have no right to write
        connection.execute(about.update().values(schema=SCHEMA))


def _target(connection: Connection, name: str, owner: str, tags: Sequence[str]) -> int:
    from sqlalchemy import select

    targets = metadata.tables["targets"]
    said = {"owner": owner, "tags": json.dumps(list(tags))}
    found = connection.execute(select(targets.c.id).where(targets.c.name == name)).scalar()
    if found is not None:
        connection.execute(targets.update().where(targets.c.id == found).values(**said))
        return int(found)
    identity = connection.execute(targets.insert().values(name=name, **said)).inserted_primary_key
    assert identity is not None
    return int(identity[0])


def _insert_scan(connection: Connection, sweep: Sweep, target: int, scan: Scan) -> None:
    """Note how a repository fared; of a sweep that is taken up again, the last time counts."""
    scans = metadata.tables["scans"]
    connection.execute(scans.delete().where((scans.c.sweep == sweep.id) & (scans.c.target == target)))
    connection.execute(scans.insert().values(**{**scan._asdict(), "sweep": sweep.id, "target": target}))


def _put_findings(connection: Connection, sweep: Sweep, target: int, found: Iterable[Finding], *, across: bool) -> None:
    """Open spans for what is new, close those of what is gone; what is suppressed now, or no longer, begins anew."""
    from sqlalchemy import bindparam, select

    findings, spans = metadata.tables["findings"], metadata.tables["spans"]
    told = [findings.c[name] for name in _LATEST]
    query = (
        select(
            findings.c.fingerprint,
            findings.c.id,
            *(spans.c[name] for name in ("id", "record", "suppressed", "since")),
            *told,
        )
        .select_from(findings.outerjoin(spans, (spans.c.finding == findings.c.id) & (spans.c.until == 0)))
        .where((findings.c.target == target) & (findings.c.across == across))
    )
    before = {fingerprint: rest for fingerprint, *rest in connection.execute(query)}
    fresh: dict[str, tuple[Finding, str]] = {one.fingerprint: (one, records.written(one)) for one in found}
    rows = {key: _row(target, one, sweep, across=across) for key, (one, _) in fresh.items()}
    new = [row for key, row in rows.items() if key not in before]
    moved = [
        {"finding": before[key][0], **{f"now_{name}": row[name] for name in _LATEST}}
        for key, row in rows.items()
        if key in before and before[key][5:] != [row[name] for name in _LATEST]
    ]
    if moved:
        latest: dict[str, Any] = {name: bindparam(f"now_{name}") for name in _LATEST}
        connection.execute(findings.update().where(findings.c.id == bindparam("finding")).values(**latest), moved)
    if new:
        connection.execute(findings.insert(), new)
    identities = {key: identity for key, (identity, *_) in before.items()}
    if new:
        again = select(findings.c.fingerprint, findings.c.id).where(
            (findings.c.target == target) & (findings.c.across == across)
        )
        identities = {fingerprint: identity for fingerprint, identity in connection.execute(again)}  # noqa: C416
    closed: list[dict[str, object]] = []
    changed: list[dict[str, object]] = []
    opened: list[dict[str, object]] = []
    for key, (_, span, record, suppressed, since, *_) in before.items():
        if span is None:
            continue
        if key not in fresh:
            closed.append({"span": span})
        elif fresh[key][1] != record:
            now = fresh[key][0].suppression is not None
            if now == suppressed or since == sweep.id:
                changed.append({"span": span, "text": fresh[key][1], "now": now})
            else:
                closed.append({"span": span})
                opened.append(_span(identities[key], sweep, *fresh[key]))
    for key, one in fresh.items():
        if key not in before or before[key][1] is None:
            opened.append(_span(identities[key], sweep, *one))
    of = spans.c.id == bindparam("span")
    if closed:
        connection.execute(spans.update().where(of).values(until=sweep.id), closed)
    if changed:
        rewritten = spans.update().where(of).values(record=bindparam("text"), suppressed=bindparam("now"))
        connection.execute(rewritten, changed)
    if opened:
        connection.execute(spans.insert(), opened)


def _span(finding: int, sweep: Sweep, found: Finding, record: str) -> dict[str, object]:
    suppressed = found.suppression is not None
    return {"finding": finding, "since": sweep.id, "until": 0, "suppressed": suppressed, "record": record}


def _row(target: int, found: Finding, sweep: Sweep, *, across: bool) -> dict[str, object]:
    place = found.fact.location
    return {
        "target": target,
        "across": across,
        "fingerprint": found.fingerprint,
        "rule": found.rule,
        "severity": found.severity,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "seen": sweep.day,
        "brought": found.fact.commit.date[:10] if found.fact.commit else "",
    }


def _replace(connection: Connection, table: str, target: int, rows: Iterable[Mapping[str, object]]) -> None:
    of = metadata.tables[table]
    connection.execute(of.delete().where(of.c.target == target))
    new = [{**row, "target": target} for row in rows]
    if new:
        connection.execute(of.insert(), new)
