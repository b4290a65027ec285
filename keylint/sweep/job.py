"""One repository from its target to its result: a function of its job alone, wherever it runs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from hashlib import sha256
from time import monotonic
from typing import NamedTuple

from keylint import __version__
from keylint.assessment import Inventory, Options, Seen, inventory_of, load_policy, look, report_on
from keylint.errors import KeylintError
from keylint.findings import Suppress
from keylint.model import BASELINE_FILE, CONFIG_FILE, INCOMPLETE, Confidence, Fact, SkipReason
from keylint.pipeline import is_sure
from keylint.policy.policy import Policy
from keylint.sweep.results import Kept, Result, Scan, State
from keylint.sweep.state import state_of
from keylint.sweep.target import Target, TargetFailed

# Facts that are compared across repositories; what is a test or a page of documentation uses no key.
_COMPARED = ("credential", "reference", "operation")
_ASIDE = ("test", "docs")
# What is left out for one of these reasons is left out again as long as the same objects are at hand.
_LASTING: frozenset[SkipReason] = frozenset(("missing-object", "undecodable", "depth"))


class Job(NamedTuple):
    """What is to be done with a repository. `known` is what the last look went by, None to look in any case.

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
        with _at_hand(job) as folder:
            unchanged = _unchanged(job, folder, start)
            if unchanged is not None:
                return unchanged
            # Before the look: what comes meanwhile is looked at the next time.
            kept = _state(job, folder, objects=False)
            lacking = _state(job, folder, objects=True)
            with _inside(folder):
                return _examined(job, kept, lacking, start)
    except KeylintError as error:
        return failed(job.target.name, str(error), monotonic() - start)
    except Exception as error:  # noqa: BLE001  a fault over one repository costs this one, and is told
        return failed(job.target.name, f"a fault of keylint's own: {_fault(error)}", monotonic() - start)


def unchanged(job: Job) -> Result | None:
    """Return the result of a repository at hand in which nothing is new; None if it has to be examined."""
    if job.known is None or not os.path.isdir(job.target.location):
        return None
    try:
        return _unchanged(job, job.target.location, monotonic())
    except OSError:
        return None  # which the examination tells


def failed(name: str, why: str, seconds: float) -> Result:
    """Return the result of a repository that could not be examined."""
    from keylint.recognition.masking import mask_opaque

    told = mask_opaque("; ".join(why.splitlines()))
    return Result(Scan(name, "failed", told, seconds, 0, 0, 0, 0, 0), Kept("", "", "", ages=False))


@cache
def policy_at(config: str | None) -> Policy:
    """Return the policy of a configuration, the recommended one without."""
    if config is None:
        return load_policy()
    from keylint.policy.config import read_config

    return load_policy(read_config(config, config))


@cache
def _digest_at(config: str | None) -> str:
    policy = policy_at(config)
    # Where it was read from is nothing to go by: a store may be shared by machines that have it elsewhere.
    rules = tuple(rule._replace(file="") for rule in policy.rules)
    judged = policy._replace(packs=(), rules=rules, config=None, origins={})
    return sha256(f"{__version__} {judged!r}".encode("utf-8", "surrogateescape")).hexdigest()


def policy_digest(job: Job) -> str:
    """Return a digest of all but the repository and the day that its findings hang on."""
    settings = f"{job.min_confidence} {job.history} {job.inline}"
    return sha256(f"{_digest_at(job.config)} {settings}".encode()).hexdigest()


def _unchanged(job: Job, folder: str, start: float) -> Result | None:
    """Return the result of a repository if nothing that it hangs on has changed. Raises: OSError."""
    known = job.known
    if known is None or not known.refs or (known.ages and known.day != job.day):
        return None
    if known[:2] != _state(job, folder, objects=known.incomplete > 0)[:2]:
        return None
    return Result(_scan(job, start, "unchanged")._replace(incomplete=known.incomplete), known)


def _state(job: Job, folder: str, *, objects: bool) -> Kept:
    return Kept(state_of(folder, objects=objects), policy_digest(job), job.day, ages=False)


def _examined(job: Job, kept: Kept, lacking: Kept, start: float) -> Result:
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
    if scan.incomplete:
        lasts = all(skip.reason in _LASTING for skip in skips if skip.reason in INCOMPLETE)
        kept = lacking._replace(incomplete=scan.incomplete) if lasts else kept._replace(refs="")
    # Waivers are the policy's, not this repository's.
    findings = tuple(finding for finding in report.findings if finding.fact.target != "waiver")
    return Result(scan, kept._replace(ages=ages), findings, facts, skips)


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


def _at_hand(job: Job) -> AbstractContextManager[str]:
    location = job.target.location
    if job.target.lacks:
        raise TargetFailed(job.target.lacks)
    if os.path.isdir(location):
        return nullcontext(location)
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
