"""The tables of a store."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from keylint.model import SEVERITIES

# What `metadata` describes, and how an older store is brought up to it: the statements that lead from schema 1 to 2,
# from 2 to 3, and so on.
SCHEMA = 1
MIGRATIONS: tuple[tuple[str, ...], ...] = ()

metadata = MetaData()

# What is sorted by: by its bytes everywhere, and not by the language that a PostgreSQL server was set up for.
_NAME = Text(collation="C").with_variant(Text(), "sqlite")

Table("keylint", metadata, Column("schema", Integer, nullable=False))

Table(
    "sweeps",
    metadata,
    Column("id", Integer, primary_key=True),
    # Times are ISO 8601 in UTC, empty where there is none yet.
    Column("started", String(40), nullable=False),
    Column("finished", String(40), nullable=False),
    Column("day", String(10), nullable=False),
    Column("policy", String(64), nullable=False),
    Column("version", String(40), nullable=False),
    Column("targets", Integer, nullable=False),
    Column("scope", String(64), nullable=False),
    Column("process", Text, nullable=False),
    # What was open at its end, suppressed findings aside, and what was new and resolved since the one before.
    *(Column(name, Integer, nullable=False, default=0) for name in (*SEVERITIES, "new", "resolved")),
)

Table(
    "targets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", _NAME, nullable=False, unique=True),
    Column("owner", Text, nullable=False),
    # A JSON list.
    Column("tags", Text, nullable=False),
    # What the last look went by; empty before there was one, and if it has to be repeated.
    Column("refs", String(64), nullable=False, default=""),
    Column("policy", String(64), nullable=False, default=""),
    Column("day", String(10), nullable=False, default=""),
    Column("ages", Boolean, nullable=False, default=False),
    Column("incomplete", Integer, nullable=False, default=0),
)

Table(
    "scans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sweep", ForeignKey("sweeps.id"), nullable=False),
    Column("target", ForeignKey("targets.id"), nullable=False),
    # done, unchanged or failed.
    Column("state", String(10), nullable=False),
    Column("why", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("files", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("commits", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("incomplete", Integer, nullable=False),
    UniqueConstraint("sweep", "target"),
)

Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target", ForeignKey("targets.id"), nullable=False),
    # Whether only several repositories together gave it.
    Column("across", Boolean, nullable=False),
    Column("fingerprint", String(80), nullable=False),
    Column("rule", _NAME, nullable=False),
    Column("severity", String(10), nullable=False),
    Column("path", _NAME, nullable=False),
    Column("line", Integer, nullable=False),
    Column("column", Integer, nullable=False),
    # The day of the sweep that saw it first; the day of the commit that brought it, where history told.
    Column("seen", String(10), nullable=False),
    Column("brought", String(10), nullable=False),
    UniqueConstraint("target", "across", "fingerprint"),
)

# What findings of a rule say alike, once for all of them.
Table(
    "rules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("remediation", Text, nullable=False),
    # A JSON list of titles and URLs.
    Column("links", Text, nullable=False),
)

Table(
    "periods",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("finding", ForeignKey("findings.id"), nullable=False),
    # Open from the first of these sweeps on, and no longer at the end of the other; 0: open still.
    Column("since", Integer, nullable=False),
    Column("until", Integer, nullable=False),
    Column("suppressed", Boolean, nullable=False),
    Column("rule", ForeignKey("rules.id"), nullable=False),
    # The finding as it was judged last, in JSON, without what `rules` says.
    Column("record", Text, nullable=False),
)

Table(
    "facts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target", ForeignKey("targets.id"), nullable=False, index=True),
    Column("record", Text, nullable=False),
)

Table(
    "skips",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target", ForeignKey("targets.id"), nullable=False, index=True),
    Column("path", _NAME, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("detail", Text, nullable=False),
)

# One index for both: by an index of `until` alone SQLite would go through all that is open for every finding.
Index("periods_of_findings", metadata.tables["periods"].c.finding, metadata.tables["periods"].c.until)
