"""What sweeps leave behind: SQLite, or PostgreSQL for teams. One writer; one transaction a repository; no secret.

A finding is open over periods of sweeps, so that every earlier sweep can still be told, and what was new in it.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from keylint.errors import UsageError
from keylint.model import SEVERITIES, Fact, Finding, Severity, Skip, SkipReason
from keylint.sweep import records
from keylint.sweep.records import Help
from keylint.sweep.results import Kept, Result, Scan, Sweep
from keylint.sweep.tables import SCHEMA, metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

# What is open, suppressed or not; of that, what is new; all of it with the gravest first, that counts with the oldest
# first; what counted and does so no longer. Of one kind by repository and place.
Listing = Literal["open", "new", "gravest", "oldest", "resolved"]
# Which of them is a password, or a token, a driver alone knows.
_PARAMETER = re.compile(r"([?&][^=&]*=)[^&]*")
# Rows that are held at a time.
_AT_ONCE = 1000
# Of one repository the rest is counted only.
_MOST_SKIPS = 1000
# What of a finding may change while it stays the same one.
_LATEST = ("severity", "line", "column", "brought")


class Open(NamedTuple):
    """A finding in a repository. `new`: it counts, and did not at the end of the sweep that is compared with."""

    target: str
    owner: str
    tags: tuple[str, ...]
    finding: Finding
    new: bool
    # When it was first seen, by a sweep's day; and the day of the commit that brought it, where history told.
    seen: str
    brought: str


class Tally(NamedTuple):
    """How many findings are alike in all that they are counted by."""

    target: str
    owner: str
    rule: str
    severity: Severity
    suppressed: bool
    new: bool
    number: int


class Store:
    """A database. Raises UsageError if it cannot be opened, or is not one of keylint's."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._url = url
        from sqlalchemy.exc import DatabaseError

        try:
            with self._engine.begin() as connection:
                _migrate(connection, url)
        except DatabaseError as error:
            said = str(error.orig).strip().splitlines() or ["it is no database"]
            raise UsageError(f"--store: {shown(url)} cannot be used: {said[0]}") from None

        self._told: dict[Help, int] | None = None

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only sweep that writes, for as long as the block lasts. Raises: UsageError that says which one does.

        The system ends it with the process, however that ends.
        """
        with _held_file(self._engine) if self._engine.dialect.name == "sqlite" else _held_row(self._engine) as is_held:
            if not is_held:
                raise UsageError(f"--store: {shown(self._url)} is being written: {self._writer()}")
            yield

    def _writer(self) -> str:
        last = self.sweeps()[-1:]
        if not last or last[0].finished:
            return "a sweep has just begun"
        return f"sweep {last[0].id}, {last[0].process}, began at {last[0].started} and has not come to its end"

    def begin(self, sweep: Sweep) -> Sweep:
        """Note that a sweep begins, and return it with its id; one that was left unfinished is left so."""
        sweeps = metadata.tables["sweeps"]
        row = {name: value for name, value in sweep._asdict().items() if name != "id"}
        with self._engine.begin() as connection:
            identity = connection.execute(sweeps.insert().values(**row)).inserted_primary_key
            assert identity is not None
            return sweep._replace(id=identity[0])

    def resume(self, sweep: Sweep, process: str) -> Sweep:
        """Note that another process goes on with a sweep."""
        sweeps = metadata.tables["sweeps"]
        with self._engine.begin() as connection:
            connection.execute(sweeps.update().where(sweeps.c.id == sweep.id).values(process=process))
        return sweep._replace(process=process)

    def finish(self, sweep: Sweep, finished: str) -> None:
        """Note that every repository of a sweep was looked at, or failed, and how it ended."""
        sweeps = metadata.tables["sweeps"]
        earlier = [one.id for one in self.sweeps() if one.id < sweep.id and one.finished]
        before = earlier[-1] if earlier else 0
        counted = [one for one in self.tallies(sweep.id, before) if not one.suppressed]
        counts = Counter[str]()
        for one in counted:
            counts[one.severity] += one.number
            counts["new"] += one.number * one.new
        ends = {**{name: counts[name] for name in (*SEVERITIES, "new")}, "resolved": self.resolved(sweep.id, before)}
        with self._engine.begin() as connection:
            connection.execute(sweeps.update().where(sweeps.c.id == sweep.id).values(finished=finished, **ends))

    def sweeps(self) -> list[Sweep]:
        """Return all sweeps, the first one first."""
        return [Sweep(*row) for row in self._of_sweeps(Sweep._fields)]

    def ends(self) -> dict[int, tuple[dict[Severity, int], int, int]]:
        """Return by finished sweep what was open at its end by severity, and how many were new and resolved."""
        graded = tuple(reversed(SEVERITIES))
        rows = self._of_sweeps(("id", "finished", "new", "resolved", *graded))
        return {
            sweep: (dict(zip(graded, counts, strict=True)), new, resolved)
            for sweep, finished, new, resolved, *counts in rows
            if finished
        }

    def _of_sweeps(self, columns: Sequence[str]) -> Sequence[Any]:
        from sqlalchemy import select

        sweeps = metadata.tables["sweeps"]
        with self._engine.connect() as connection:
            return connection.execute(select(*(sweeps.c[name] for name in columns)).order_by(sweeps.c.id)).all()

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
            self._put_findings(connection, sweep, target, result.findings, across=False)
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
                    self._put_findings(connection, sweep, identity, found.get(name, ()), across=True)

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

    def listed(self, what: Listing, sweep: int, before: int, most: int | None = None) -> Iterator[Open]:
        """Yield the findings of a sweep's repositories beside an earlier sweep's end, a few held at a time."""
        from sqlalchemy import select

        findings, targets, rules = (metadata.tables[name] for name in ("findings", "targets", "rules"))
        periods = metadata.tables["periods"]
        condition, order = _listing(what, sweep, before)
        place = (targets.c.name, *(findings.c[name] for name in ("path", "line", "column", "rule", "fingerprint")))
        query = (
            select(
                targets.c.name, targets.c.owner, targets.c.tags, _is_new(before), findings.c.seen, findings.c.brought,
                periods.c.record, *(rules.c[name] for name in Help._fields),
            )
            .select_from(periods.join(findings).join(targets).join(rules))
            .where(condition)
            .order_by(*order, *place)
            .limit(most)
        )  # fmt: skip
        with self._engine.connect() as connection:
            for name, owner, tags, new, seen, brought, record, *told in _streamed(connection, query):
                finding = records.finding(record, Help(*told))
                yield Open(name, owner, tuple(json.loads(tags)), finding, bool(new), seen, brought)

    def tallies(self, sweep: int, before: int) -> list[Tally]:
        """Return how many findings `listed` has as `open`, by what they are counted by."""
        from sqlalchemy import func, select

        findings, targets, periods = (metadata.tables[name] for name in ("findings", "targets", "periods"))
        columns = (
            targets.c.name, targets.c.owner, findings.c.rule, findings.c.severity, periods.c.suppressed,
            _is_new(before).label("new"),
        )  # fmt: skip
        condition, _ = _listing("open", sweep, before)
        query = (
            select(*columns, func.count())
            .select_from(periods.join(findings).join(targets))
            .where(condition)
            .group_by(*(column.name for column in columns))
        )
        with self._engine.connect() as connection:
            return sorted(Tally(*row) for row in connection.execute(query))

    def resolved(self, sweep: int, before: int) -> int:
        """Return how many findings `listed` has as `resolved`."""
        from sqlalchemy import func, select

        condition, _ = _listing("resolved", sweep, before)
        periods, findings = metadata.tables["periods"], metadata.tables["findings"]
        query = select(func.count()).select_from(periods.join(findings)).where(condition)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def skips(self, sweep: int, only: Collection[SkipReason] | None = None) -> Iterator[tuple[str, Skip]]:
        """Yield what was left out of the last look at the repositories of a sweep, for some reasons or all."""
        from sqlalchemy import select

        skips, targets, scans = (metadata.tables[name] for name in ("skips", "targets", "scans"))
        query = (
            select(targets.c.name, skips.c.path, skips.c.reason, skips.c.detail)
            .select_from(skips.join(targets).join(scans, scans.c.target == targets.c.id))
            .where(scans.c.sweep == sweep)
            .order_by(targets.c.name, skips.c.path, skips.c.id)
        )
        if only is not None:
            query = query.where(skips.c.reason.in_(sorted(only)))
        with self._engine.connect() as connection:
            for name, *rest in _streamed(connection, query):
                yield name, Skip(*rest)

    def _put_findings(
        self, connection: Connection, sweep: Sweep, target: int, found: Sequence[Finding], *, across: bool
    ) -> None:
        told = self._rules(connection, found)
        _put_findings(connection, sweep, target, [(one, told[records.help_of(one)]) for one in found], across=across)

    def _rules(self, connection: Connection, found: Iterable[Finding]) -> Mapping[Help, int]:
        """Return the rows of what findings say as others of their rule do; there is one writer, who knows them all."""
        from sqlalchemy import select

        rules = metadata.tables["rules"]
        if self._told is None:
            columns = [rules.c[name] for name in ("id", *Help._fields)]
            self._told = {Help(*rest): identity for identity, *rest in connection.execute(select(*columns))}
        for one in found:
            told = records.help_of(one)
            if told not in self._told:
                identity = connection.execute(rules.insert().values(**told._asdict())).inserted_primary_key
                assert identity is not None
                self._told[told] = identity[0]
        return self._told


def _listing(what: Listing, sweep: int, before: int) -> tuple[Any, Sequence[Any]]:
    """Return which periods of findings are meant, and what they are sorted by before their place."""
    from sqlalchemy import case, select

    periods, scans, findings = (metadata.tables[name] for name in ("periods", "scans", "findings"))
    looked_at = findings.c.target.in_(select(scans.c.target).where(scans.c.sweep == sweep))
    open_ = looked_at & _lasts(periods, sweep)
    if what == "resolved":
        return looked_at & _lasts(periods, before) & ~periods.c.suppressed & ~_counts(sweep), ()
    if what == "new":
        return open_ & _is_new(before), ()
    if what == "oldest":
        since = case((findings.c.brought == "", findings.c.seen), else_=findings.c.brought)
        return open_ & ~periods.c.suppressed, (since,)
    if what == "gravest":
        gravity = case(*((findings.c.severity == one, at) for at, one in enumerate(reversed(SEVERITIES))))
        return open_, (periods.c.suppressed, gravity)
    return open_, ()


def _lasts(periods: Any, sweep: int) -> Any:
    """Tell whether a period is one of those at the end of a sweep."""
    return (periods.c.since <= sweep) & ((periods.c.until == 0) | (periods.c.until > sweep))


def _counts(sweep: int) -> Any:
    """Tell whether the finding of a period counted at the end of a sweep, whatever period it was in then."""
    from sqlalchemy import exists

    then = metadata.tables["periods"].alias("then_open")
    same = then.c.finding == metadata.tables["periods"].c.finding
    return exists().where(same & _lasts(then, sweep) & ~then.c.suppressed)


def _is_new(before: int) -> Any:
    """Tell whether what is open counts, and did not at the end of the sweep before."""
    periods = metadata.tables["periods"]
    # Most are older: of them nothing more is asked.
    return (periods.c.since > before) & ~periods.c.suppressed & ~_counts(before)


def _streamed(connection: Connection, query: Any) -> Iterator[Any]:
    return iter(connection.execution_options(yield_per=_AT_ONCE).execute(query))


def _engine(url: str) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    full = url if "://" in url else f"sqlite:///{url}"
    full = full.replace("postgres://", "postgresql://", 1) if full.startswith("postgres://") else full
    full = full.replace("postgresql://", "postgresql+psycopg://", 1)
    try:
        engine = create_engine(full)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError) as error:
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


@contextmanager
def _held_file(engine: Engine) -> Iterator[bool]:
    """Hold the lock beside a database, and tell whether that went well. It is not handed on to worker processes."""
    try:
        from filelock import FileLock, Timeout
    except ImportError:
        raise UsageError("a sweep needs more: pip install 'keylint[sweep]'") from None
    if not engine.url.database:  # in memory: nobody else has it
        yield True
        return
    lock = FileLock(f"{os.path.realpath(engine.url.database)}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    except OSError as error:
        raise UsageError(f"--store: {lock.lock_file} cannot be written: {error.strerror}") from None
    try:
        yield True
    finally:
        lock.release()


@contextmanager
def _held_row(engine: Engine) -> Iterator[bool]:
    """Hold a lock of PostgreSQL's, and tell whether that went well: it lasts as long as its connection."""
    from sqlalchemy import text

    connection = engine.connect()
    try:
        key = "hashtext('keylint'), hashtext(current_schema())"
        is_held = bool(connection.execute(text(f"select pg_try_advisory_lock({key})")).scalar_one())
        connection.commit()  # the lock stays; a transaction as long as a sweep would keep the server from tidying up
        _leave_to_parent(connection)
        yield is_held
    finally:
        connection.invalidate()
        connection.close()


def _leave_to_parent(connection: Connection) -> None:
    """Let no worker process hold a connection: it would outlast the sweep for as long as the worker is at work."""
    driver: Any = connection.connection.dbapi_connection
    held = [driver.fileno()]

    def leave() -> None:
        while held and not driver.closed:
            os.close(held.pop())  # of what a worker forks itself, none has it

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=leave)


def shown(url: str) -> str:
    """Return the URL of a store without the passwords in it: neither the user's, nor one among the parameters."""
    url = _PARAMETER.sub(r"\1…", url)
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


def _put_findings(
    connection: Connection, sweep: Sweep, target: int, found: Iterable[tuple[Finding, int]], *, across: bool
) -> None:
    """Begin periods of what is new, end those of what is resolved; what is suppressed now, or no longer, begins anew.

    Shape of `found`: a finding and the row of `rules` with its help.
    """
    from sqlalchemy import bindparam, select

    findings, periods = metadata.tables["findings"], metadata.tables["periods"]
    told = [findings.c[name] for name in _LATEST]
    query = (
        select(
            findings.c.fingerprint,
            findings.c.id,
            *(periods.c[name] for name in ("id", "record", "rule", "suppressed", "since")),
            *told,
        )
        .select_from(findings.outerjoin(periods, (periods.c.finding == findings.c.id) & (periods.c.until == 0)))
        .where((findings.c.target == target) & (findings.c.across == across))
    )
    before = {fingerprint: rest for fingerprint, *rest in connection.execute(query)}
    fresh = {one.fingerprint: _Fresh(one, records.written(one), rule) for one, rule in found}
    rows = {key: _row(target, one.finding, sweep, across=across) for key, one in fresh.items()}
    new = [row for key, row in rows.items() if key not in before]
    moved = [
        {"finding": before[key][0], **{f"now_{name}": row[name] for name in _LATEST}}
        for key, row in rows.items()
        if key in before and before[key][6:] != [row[name] for name in _LATEST]
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
    for key, (_, period, record, rule, suppressed, since, *_) in before.items():
        if period is None:
            continue
        if key not in fresh:
            closed.append({"of": period})
        elif (one := fresh[key])[1:] != (record, rule):
            if one.suppressed == suppressed or since == sweep.id:
                now = {"now_record": one.record, "now_rule": one.rule, "now_suppressed": one.suppressed}
                changed.append({"of": period, **now})
            else:
                closed.append({"of": period})
                opened.append(_period(identities[key], sweep, one))
    for key, one in fresh.items():
        if key not in before or before[key][1] is None:
            opened.append(_period(identities[key], sweep, one))
    of = periods.c.id == bindparam("of")
    if closed:
        connection.execute(periods.update().where(of).values(until=sweep.id), closed)
    if changed:
        now_told: dict[str, Any] = {name: bindparam(f"now_{name}") for name in ("record", "rule", "suppressed")}
        connection.execute(periods.update().where(of).values(**now_told), changed)
    if opened:
        connection.execute(periods.insert(), opened)


class _Fresh(NamedTuple):
    """A finding as it is to be kept."""

    finding: Finding
    record: str
    rule: int

    @property
    def suppressed(self) -> bool:
        return self.finding.suppression is not None


def _period(finding: int, sweep: Sweep, found: _Fresh) -> dict[str, object]:
    began = {"finding": finding, "since": sweep.id, "until": 0}
    return {**began, "suppressed": found.suppressed, "rule": found.rule, "record": found.record}


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
