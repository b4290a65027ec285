"""What a pipeline does with exchange secrets: binds them, hands them to actions, leaves them to strangers' code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from keylint.model import CONFIDENCES, Confidence
from keylint.recognition.pipelines import scripts
from keylint.recognition.pipelines.values import Action, Head, Job, Pipeline, Scope, Secret, Step

# More names than these help nobody.
_MOST_NAMES = 8


class Use(NamedTuple):
    """One use of exchange secrets, of one kind. Units: half-open offsets of what decides it.

    `is_wider` tells whether steps get the secret that do not need it; None: not to be seen. `kind` and `subject`
    name it among the uses of a file, whatever line it is on.
    """

    kind: str
    subject: str
    start: int
    end: int
    secrets: str
    scope: Scope
    confidence: Confidence
    because: str
    near: Confidence | None = None
    is_wider: bool | None = None
    inherits: bool = False
    checks_out_fork: bool = False
    action: Action | None = None


def uses(pipeline: Pipeline) -> Iterator[Use]:
    """Yield every use of exchange secrets in a pipeline."""
    yield from _bindings(pipeline.secrets, "workflow", "", _is_wide(pipeline), _reach(pipeline))
    for job in pipeline.jobs:
        is_wide = _is_wide_in(job) if pipeline.is_narrowable else None
        yield from _bindings(job.secrets, "job", job.name, is_wide, "every step of the job gets it, and one needs it")
        ambient = () if job.is_call else (*pipeline.secrets, *job.secrets)
        for step in job.steps:
            scope: Scope = "job" if job.is_call else "step"
            yield from _bindings(step.secrets, scope, job.name, False, "one step gets it")
            yield from _received(step, scope, ambient)
        yield from _exposed(job, ambient)
    for handed in pipeline.handed:
        yield Use(
            kind="hands-on",
            subject=f"{handed.job} {handed.how} {handed.action.name if handed.action else ''}",
            start=handed.start,
            end=handed.end,
            secrets="",
            scope=handed.scope,
            confidence="low",
            because=f"{handed.how} hands on every secret",
            inherits=handed.is_choice,
            action=handed.action,
        )


def _bindings(secrets: Sequence[Secret], scope: Scope, job: str, is_wider: bool | None, because: str) -> Iterator[Use]:
    names = _names(secrets)
    for secret in secrets:
        yield Use(
            kind="binding",
            subject=f"{scope} {job} {names}",
            start=secret.start,
            end=secret.end,
            secrets=names,
            scope=scope,
            confidence=secret.confidence,
            because=f"{secret.because}; {because}" if is_wider else secret.because,
            near=secret.near,
            is_wider=is_wider,
        )


def _received(step: Step, scope: Scope, ambient: Sequence[Secret]) -> Iterator[Use]:
    """Yield the action of a step that exchange secrets get to."""
    action = step.action
    given = step.secrets or ambient
    if action is None or not given or not (step.secrets or action.is_third_party):
        return
    surest = _surest(given)
    how = "is given it by this step" if step.secrets else "finds it in the environment of its step"
    whose = ", whose code is somebody else's," if action.is_third_party else ""
    names = _names(given)
    yield Use(
        kind="action",
        subject=f"{action.name} {names}",
        start=action.start,
        end=action.end,
        secrets=names,
        scope=scope if step.secrets else "job",
        confidence=surest.confidence,
        because=f"{action.name}{whose} {how}",
        near=surest.near,
        action=action,
    )


def _exposed(job: Job, ambient: Sequence[Secret]) -> Iterator[Use]:
    """Yield the checkouts of a job after which strangers' code can read exchange secrets."""
    if job.gate is None:
        return
    for place, step in enumerate(job.steps):
        for head in step.heads:
            later = job.steps[place:]
            runner = next((at for at, one in enumerate(later) if _runs(one, head, is_same=at == 0)), None)
            if runner is None:
                continue
            # What was run before may wait for what comes later on the same machine.
            secrets = (*ambient, *(secret for one in later[runner:] for secret in one.secrets))
            if not secrets:
                continue
            surest = _surest(secrets)
            because = f"{head.because}, and what runs after that can read it"
            because += f", {job.gated_by}" if job.gated_by else ""
            names = _names(secrets)
            yield Use(
                kind="fork",
                subject=f"{job.name} {names}",
                start=head.start,
                end=head.end,
                secrets=names,
                scope="job",
                confidence=_least(head.confidence, job.gate, surest.confidence),
                because=because,
                near=surest.near and _least(head.confidence, job.gate, surest.near),
                checks_out_fork=True,
            )


def _runs(step: Step, head: Head, *, is_same: bool) -> bool:
    """Tell whether a step runs, or may run, what was checked out before it, or by itself."""
    if is_same:
        rest = step.script
        return bool(rest) and not scripts.is_harmless(rest)
    if head.only and not any(name in step.text for name in head.only):
        return False
    if step.script:
        return not scripts.is_harmless(step.script)
    return step.is_local or (step.action is not None and step.action.is_third_party)


def _is_wide(pipeline: Pipeline) -> bool | None:
    """Tell whether what is bound for a whole workflow reaches more than needs it."""
    jobs = [job for job in pipeline.jobs if job.steps and not job.is_call]
    if not pipeline.secrets or not jobs or not pipeline.is_narrowable:
        return None
    if len(jobs) == 1:
        return _is_wide_in(jobs[0], pipeline.secrets)
    # Of several jobs all would have to name it: what they need is seldom the same.
    return not all(any(_names_one(step, pipeline.secrets) for step in job.steps) for job in jobs)


def _is_wide_in(job: Job, secrets: Sequence[Secret] = ()) -> bool | None:
    """Tell whether a single step of several needs what the job is bound to."""
    needing = [step for step in job.steps if _needs(step, secrets or job.secrets)]
    return len(needing) == 1 and len(job.steps) > 1 if needing else None


def _needs(step: Step, secrets: Sequence[Secret]) -> bool:
    """Tell whether a step can be thought to need a secret: it names it, or runs something of the repository's own."""
    return _names_one(step, secrets) or step.is_local or (bool(step.script) and not scripts.only_prepares(step.script))


def _names_one(step: Step, secrets: Sequence[Secret]) -> bool:
    names = {name for secret in secrets for name in (secret.variable, secret.name) if name and name in step.text}
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", step.text) for name in names)


def _reach(pipeline: Pipeline) -> str:
    count = sum(not job.is_call for job in pipeline.jobs)
    if count == 1:
        return "every step of the only job gets it, and one needs it"
    return f"all of the {count} jobs get it, whatever they need"


def _surest(secrets: Sequence[Secret]) -> Secret:
    return max(secrets, key=lambda secret: (CONFIDENCES.index(secret.confidence), secret.near is not None))


def _least(*levels: Confidence) -> Confidence:
    return min(levels, key=CONFIDENCES.index)


def _names(secrets: Sequence[Secret]) -> str:
    """Return the names of those that are as sure as any of them."""
    least = CONFIDENCES.index(_surest(secrets).confidence) if secrets else 0
    names = list(dict.fromkeys(one.name for one in secrets if CONFIDENCES.index(one.confidence) >= least))
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
