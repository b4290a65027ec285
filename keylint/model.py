"""The nouns that every layer speaks: places, facts, findings and what was left out.

NamedTuples throughout: a frozen dataclass costs about 1 ms at import (see docs/adr/0002-start-up.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

Severity = Literal["low", "medium", "high", "critical"]
Confidence = Literal["low", "medium", "high"]
SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")
CONFIDENCES: tuple[Confidence, ...] = ("low", "medium", "high")

SkipReason = Literal[
    "binary",
    "too-large",
    "unreadable",
    "undecodable",
    "excluded",
    "symlink",
    "missing-object",
    "depth",
    "timeout",
]
# The reasons that make a scan incomplete (exit code 4); the others are the user's policy.
INCOMPLETE: frozenset[SkipReason] = frozenset(("unreadable", "undecodable", "missing-object", "timeout", "depth"))

# Where a team lists the keys it holds, unless it says otherwise.
INVENTORY_FILE = "keylint.keys.yaml"
# The configuration of a repository, the name it is often given by mistake, and the file that it may be a table of.
CONFIG_FILE, MISNAMED_CONFIG, PYPROJECT = ".keylint.yaml", ".keylint.yml", "pyproject.toml"
# Where findings that were accepted at adoption are.
BASELINE_FILE = ".keylint.baseline.json"

# What an attribute of a fact can hold. None: the detector looked and there is no value.
Value = str | int | float | bool | None | Sequence[str]


class Location(NamedTuple):
    """A place in a file. Units: lines and columns count from 1, columns in characters.

    `commit` is the id of the commit whose version of the file this is; empty: the files at hand.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    commit: str = ""


class Commit(NamedTuple):
    """Who brought something in, and when. `first_seen`: nothing that was looked at held it before.

    Units: `date` as ISO 8601, in the author's time zone.
    """

    id: str
    author: str
    date: str
    first_seen: bool


class Excerpt(NamedTuple):
    """The masked source line that a report shows. Units: `start` and `width` in characters of `text`, from 0."""

    text: str
    start: int
    width: int


class Allow(NamedTuple):
    """A comment that lets a finding pass. `rules` is empty for the pragma, which is meant for credentials."""

    rules: tuple[str, ...]
    reason: str
    line: int


class Fact(NamedTuple):
    """A neutral observation; the secret itself never gets this far.

    `identity` is what the fingerprint is made of: it names the thing seen (for a credential the
    SHA-256 of the secret) and nothing that may change around it. `places` tell where an attribute is decided, if
    not at `location`.
    """

    target: str
    location: Location
    identity: str
    attributes: Mapping[str, Value]
    excerpt: Excerpt | None = None
    allows: tuple[Allow, ...] = ()
    places: Mapping[str, tuple[Location, Excerpt | None]] = {}
    # For what git remembers: who brought it in, and further places that do not count on their own.
    commit: Commit | None = None
    occurrences: tuple[Location, ...] = ()


class Pattern(NamedTuple):
    """A credential of the user's own. A file without any of the keywords, in any case, is not searched for it."""

    id: str
    regex: str
    keywords: tuple[str, ...]
    exchange: str | None
    kind: str
    origin: str


class Client(NamedTuple):
    """A client of the exchange, or what gives itself out for one. A status of some `versions` holds for these alone."""

    ecosystem: str
    name: str
    status: str
    floor: str | None = None
    replacement: str | None = None
    reason: str = ""
    versions: tuple[str, ...] = ()
    origin: str = ""


class Skip(NamedTuple):
    """An input that was left out, and why."""

    path: str
    reason: SkipReason
    detail: str = ""


class World(NamedTuple):
    """What only the source knows of a path: asked late, and only for facts that hang on it."""

    is_tracked: Callable[[str], bool]
    is_near_exchange: Callable[[str], bool]


class Suppression(NamedTuple):
    """Why a finding does not count: an inline allow, a waiver or the baseline."""

    kind: Literal["inline", "waiver", "baseline"]
    reason: str
    owner: str | None = None
    expires: str | None = None


class Reference(NamedTuple):
    """A page that explains a rule."""

    title: str
    url: str


class Finding(NamedTuple):
    """A rule's verdict on a fact. `occurrences` are the further places of the same thing."""

    rule: str
    severity: Severity
    message: str
    remediation: str
    references: tuple[Reference, ...]
    fact: Fact
    fingerprint: str
    occurrences: tuple[Location, ...] = ()
    # observed in the repository, declared by the inventory, or attested: somebody's word alone.
    evidence: str = "observed"
    suppression: Suppression | None = None


class RuleHelp(NamedTuple):
    """What reports say of a rule. `group` is the folder of its pack that it lies in."""

    id: str
    group: str
    severity: Severity
    message: str
    rationale: str
    remediation: str
    limits: str
    references: tuple[Reference, ...]
    frameworks: Mapping[str, tuple[str, ...]]


class Scanned(NamedTuple):
    """What a scan looked at. `faults` are tracebacks of faults of keylint's own; what met them is among `skipped`."""

    files: int
    bytes: int
    skipped: tuple[Skip, ...]
    commits: int = 0
    faults: tuple[str, ...] = ()


class Report(NamedTuple):
    """Everything a reporter may say. `findings` and `skipped` are sorted.

    `rules` are those in force; none where nothing asked for them to be read. `base` leads from the current folder to
    the scan root, with `/` at its end: platforms want paths from the top of the repository. `day` is the day that ages
    were judged by.
    """

    version: str
    scanned: Scanned
    findings: tuple[Finding, ...]
    rules: tuple[RuleHelp, ...] = ()
    base: str = ""
    day: str = "1970-01-01"
