"""One repository from its target to its result: a function of its job alone, wherever it runs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from time import monotonic
from typing import NamedTuple

from keylint import __version__
from keylint.assessment import Inventory, Options, Seen, inventory_of, load_policy, look, report_on
from keylint.errors import KeylintError
from keylint.findings import Suppress
from keylint.model import BASELINE_FILE, INCOMPLETE, Confidence, Fact
from keylint.pipeline import is_sure
from keylint.policy.config import CONFIG_FILE
from keylint.policy.policy import Policy
from keylint.sweep.results import Kept, Result, Scan, State
from keylint.sweep.state import state_of
from keylint.sweep.target import Target

# Facts that are compared across repositories; what is a test or a page of documentation uses no key.
_COMPARED = ("credential", "reference", "operation")
_ASIDE = ("test", "docs")


class Job(NamedTuple):
    """What is to be done with a repository. `known` is what the last good look went by, None to look in any case.

    `mirrors` is the folder that clones of URLs go to. Units: `seconds` for a fetch, `largest` in bytes of a clone.
    """

    target: Target
    config: str | None
    day: str
    min_confidence: Confidence
    history: bool
    inline: bool
    known: Kept | None
    mirrors: str
    seconds: float
    largest: int


def examine(job: Job) -> Result:
    """Return what a repository comes to. What cannot be done is a result, too: `failed`, and why. Never raises."""
    start = monotonic()
    try:
        folder = _folder(job)
        kept = Kept(state_of(folder), policy_digest(job), job.day, ages=False)
        if job.known is not None and _is_same(job.known, kept):
            return Result(_scan(job, start, "same"), job.known)
        with _inside(folder):
            return _examined(job, kept, start)
    except KeylintError as error:
        return failed(job.target.name, str(error), monotonic() - start)
    except Exception as error:  # noqa: BLE001  a fault over one repository costs this one, and is told
        return failed(job.target.name, f"a fault of keylint's own: {_fault(error)}", monotonic() - start)


def unchanged(job: Job) -> Result | None:
    """Return the result of a repository at hand in which nothing is new; None if it has to be examined."""
    if job.known is None or not os.path.isdir(job.target.location):
        return None
    try:
        now = Kept(state_of(job.target.location), policy_digest(job), job.day, ages=False)
    except OSError:
        return None  # which the examination tells
    return Result(_scan(job, monotonic(), "same"), job.known) if _is_same(job.known, now) else None


def failed(name: str, why: str, seconds: float) -> Result:
    """Return the result of a repository that could not be examined."""
    from keylint.recognition.masking import mask_opaque

    return Result(Scan(name, "failed", mask_opaque(why), seconds, 0, 0, 0, 0, 0), Kept("", "", "", ages=False))


@cache
def policy_at(config: str | None) -> Policy:
    """Return the policy of a configuration, the recommended one without."""
    if config is None:
        return load_policy()
    from keylint.policy.config import read_config

    return load_policy(read_config(config, config))


@cache
def _digest_at(config: str | None) -> str:
    return sha256(f"{__version__} {policy_at(config)!r}".encode("utf-8", "surrogateescape")).hexdigest()


def policy_digest(job: Job) -> str:
    """Return a digest of all but the repository and the day that its findings hang on."""
    settings = f"{job.min_confidence} {job.history} {job.inline}"
    return sha256(f"{_digest_at(job.config)} {settings}".encode()).hexdigest()


def _examined(job: Job, kept: Kept, start: float) -> Result:
    options = Options(
        history=job.history,
        head=not job.history,
        whole=True,
        config=job.config,
        isolated=True,
        jobs=1,
        quiet=True,
        no_inline=not job.inline,
        min_confidence=job.min_confidence,
        today=job.day,
    )
    policy = policy_at(job.config)
    seen = look(options, policy)
    inventory = inventory_of(options, policy, seen)
    policy, accepted = _with_own(policy, seen)
    report, seen, _ = report_on(options, policy, seen, accepted)
    ages = bool(inventory.keys or policy.waivers) or any(fact.target == "key" for fact in seen.facts)
    skips = report.scanned.skipped
    scan = _scan(job, start, "done")._replace(
        files=report.scanned.files,
        bytes=report.scanned.bytes,
        commits=report.scanned.commits,
        skipped=len(skips),
        incomplete=sum(skip.reason in INCOMPLETE for skip in skips),
    )
    facts = tuple(_compared(inventory, seen.facts, job.min_confidence))
    # What could not be looked at comes first: it is kept for certain.
    skips = tuple(sorted(skips, key=lambda skip: skip.reason not in INCOMPLETE))
    kept = kept._replace(ages=ages)
    # A repository of which something could not be read is looked at again.
    # Waivers are the policy's, not this repository's.
    findings = tuple(finding for finding in report.findings if finding.fact.target != "waiver")
    return Result(scan, kept if not scan.incomplete else kept._replace(refs=""), findings, facts, skips)


def _with_own(policy: Policy, seen: Seen) -> tuple[Policy, Suppress | None]:
    """Return the policy with what a repository says itself may pass, and its baseline, as far as the policy trusts it.

    Raises: ConfigError, BaselineError if these are wrong.
    """
    assert seen.read is not None  # of what git holds
    own = seen.read(CONFIG_FILE) if "waivers" in policy.trust else None
    if own is not None:
        from keylint.policy.config import ConfigFile, decoded
        from keylint.policy.merge import with_waivers
        from keylint.policy.source_map import read

        policy = with_waivers(policy, ConfigFile(CONFIG_FILE, os.curdir, read(decoded(own, CONFIG_FILE), CONFIG_FILE)))
    baseline = seen.read(BASELINE_FILE) if "baseline" in policy.trust else None
    if baseline is None:
        return policy, None
    from keylint.baseline import parse, suppress_by

    return policy, suppress_by(parse(baseline, BASELINE_FILE))


def _compared(inventory: Inventory, found: Sequence[Fact], least: Confidence) -> Iterator[Fact]:
    """Yield the declared keys, and of what speaks of keys in use each thing once."""
    yield from inventory.keys
    told: set[tuple[object, ...]] = set()
    for fact in found:
        attributes = fact.attributes
        if fact.target not in _COMPARED or fact.location.path in inventory.files or attributes.get("context") in _ASIDE:
            continue
        if fact.target == "credential" and (
            attributes.get("placeholder") or attributes.get("public_example") or not is_sure(fact, least)
        ):
            continue
        what = (
            (fact.target, fact.location.path, attributes["permission"], *(attributes.get("key_names") or ()))  # type: ignore[misc]
            if fact.target == "operation"
            else (fact.target, fact.location.path, fact.identity)
        )
        if what not in told:
            told.add(what)
            yield fact._replace(places={}, occurrences=())


def _is_same(known: Kept, now: Kept) -> bool:
    """Tell whether nothing that a result hangs on has changed: no ref, not the policy, nor the day if it counts."""
    return bool(known.refs) and known[:2] == now[:2] and (not known.ages or known.day == now.day)


def _folder(job: Job) -> str:
    location = job.target.location
    if os.path.isdir(location):
        return location
    from keylint.sweep.mirrors import mirror

    return mirror(job.target, job.mirrors, seconds=job.seconds, largest=job.largest)


@contextmanager
def _inside(folder: str) -> Iterator[None]:
    """Work in a folder: a scan of what git holds is one of the repository around."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _scan(job: Job, start: float, state: State) -> Scan:
    return Scan(job.target.name, state, "", monotonic() - start, 0, 0, 0, 0, 0)


def _fault(error: Exception) -> str:
    import traceback

    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({os.path.basename(place.filename)}:{place.lineno})"
