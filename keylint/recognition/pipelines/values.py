"""A pipeline as values, the same for every system. Units: half-open offsets in the document."""

from __future__ import annotations

from typing import Literal, NamedTuple

from keylint.model import Confidence

Scope = Literal["workflow", "job", "step"]


class Secret(NamedTuple):
    """An exchange secret where it is bound or read.

    `near` is how sure it is in a repository that names the exchange, if that changes anything.
    """

    name: str
    variable: str
    start: int
    end: int
    confidence: Confidence
    because: str
    near: Confidence | None = None


class Action(NamedTuple):
    """Somebody's code that a step, or a whole job, is."""

    name: str
    start: int
    end: int
    is_pinned: bool
    is_third_party: bool


class Head(NamedTuple):
    """Where what a stranger proposes is checked out or downloaded. `only` is what a script must name to run it."""

    start: int
    end: int
    confidence: Confidence
    because: str
    only: tuple[str, ...] = ()


class Handed(NamedTuple):
    """Where every secret is handed on at once, and to whom if that is an action.

    `is_choice`: the author might have handed on single ones.
    """

    start: int
    end: int
    how: str
    scope: Scope
    job: str
    action: Action | None = None
    is_choice: bool = True


class Step(NamedTuple):
    """One step of a job. `text` is all that is written of it; `script` what a shell runs."""

    text: str
    script: str = ""
    action: Action | None = None
    secrets: tuple[Secret, ...] = ()
    heads: tuple[Head, ...] = ()
    is_local: bool = False


class Job(NamedTuple):
    """Steps that run on one machine. `gate`: how sure it is that strangers can start it; None: they cannot.

    `is_call`: another file's jobs, which get what they are given and nothing of the environment here.
    """

    name: str
    secrets: tuple[Secret, ...] = ()
    steps: tuple[Step, ...] = ()
    gate: Confidence | None = "high"
    gated_by: str = ""
    is_call: bool = False


class Pipeline(NamedTuple):
    """What a file says. `is_narrowable`: bound above a step, a secret reaches steps that need not have it."""

    triggers: tuple[str, ...] = ()
    secrets: tuple[Secret, ...] = ()
    jobs: tuple[Job, ...] = ()
    handed: tuple[Handed, ...] = ()
    is_narrowable: bool = True
