"""What a repository came to, and what is said of a sweep."""

from __future__ import annotations

from typing import Literal, NamedTuple

from keylint.model import Fact, Finding, Skip

State = Literal["done", "unchanged", "failed"]


class Sweep(NamedTuple):
    """One run over many repositories. `day` is what ages were judged by; `finished` is empty while it lasts.

    `scope` stands for which repositories by which policies; `process` is who began it, or took it up again last.
    """

    id: int
    started: str
    finished: str
    day: str
    policy: str
    version: str
    targets: int
    scope: str = ""
    process: str = ""


class Scan(NamedTuple):
    """How one repository fared in a sweep. Units: seconds, bytes. `why` it failed, if it did."""

    target: str
    state: State
    why: str
    seconds: float
    files: int
    bytes: int
    commits: int
    skipped: int
    incomplete: int


class Kept(NamedTuple):
    """What the last look at a repository went by: if all of it holds still, nothing new can be found.

    `refs` is empty if what went wrong may go well the next time. Of what is `incomplete` for good (so many inputs), it
    stands for the objects at hand as well.
    """

    refs: str
    policy: str
    day: str
    # Whether another day may judge otherwise.
    ages: bool
    incomplete: int = 0


class Result(NamedTuple):
    """What a repository came to, as far as it is remembered. `facts` are what is compared across repositories."""

    scan: Scan
    kept: Kept
    findings: tuple[Finding, ...] = ()
    facts: tuple[Fact, ...] = ()
    skips: tuple[Skip, ...] = ()
