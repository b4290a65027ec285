"""keylint sweep: many repositories, what is open in them, what is new since the last time."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from keylint import __version__
from keylint.assessment import current_day, is_watched
from keylint.commands import Command
from keylint.commands.scan import color, day, process_count, width
from keylint.console import Progress, put, say, speaks_unicode
from keylint.errors import NothingScanned, UsageError
from keylint.model import CONFIDENCES, SEVERITIES, Fact, Suppression
from keylint.registry import load, names
from keylint.reporters import Style
from keylint.summary import NOT_COMPLETE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from keylint.policy.policy import Policy
    from keylint.sweep.job import Job
    from keylint.sweep.overview import Overview
    from keylint.sweep.results import Result, Sweep
    from keylint.sweep.store import Store
    from keylint.sweep.target import Target
    from keylint.sweep.views import View

STORE = "keylint.db"
_VIEWS = "keylint.sweep.views"
_REPORT, _DIFF = "report", "diff"
# Pieces of a report that are printed at once.
_AT_ONCE = 1000
# What a URL's repository may take. Units: seconds, bytes.
_SECONDS, _LARGEST = 3600.0, 20 << 30

_EXAMPLES = """\
examples:
  keylint sweep ~/clones                      every repository in a folder
  keylint sweep github:acme --store acme.db   those of an organisation (GITHUB_TOKEN in the environment)
  keylint sweep --targets targets.yaml --config policy.yaml --new-only
  keylint sweep --targets targets.yaml --resume    go on after a crash or Ctrl-C
  keylint sweep report --report html=keylint.html  what the store holds of the last sweep
  keylint sweep diff 3 5                           what came and went between two sweeps
  keylint sweep --targets targets.yaml --dask tcp://10.0.0.7:8786

exit codes are those of scan; 4: a repository could not be examined, or not all of it.
A repository called report or diff is ./report, ./diff.
"""


def _arguments(parser: argparse.ArgumentParser) -> None:
    formats = names(_VIEWS)
    kinds = "a repository, a folder of them, a glob, a URL, github:ORGANISATION, gitlab:GROUP, gitea:URL"
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"{kinds}; or report, or diff A B")
    what = parser.add_argument_group("what is looked at")
    what.add_argument("--targets", dest="file", metavar="FILE", help="a file of targets with owners, tags, policies")
    what.add_argument("--archived", action="store_true", help="archived repositories of an organisation, too")
    what.add_argument("--forks", action="store_true", help="forks of an organisation, too")
    what.add_argument("--no-history", action="store_true", help="only the files of HEAD, not what git remembers")
    what.add_argument("--resume", action="store_true", help="go on with the last sweep, which did not come to its end")
    how = parser.add_argument_group("where and how long")
    how.add_argument("--store", default=STORE, metavar="URL", help=f"a file, or postgresql://… (default: {STORE})")
    how.add_argument(
        "--jobs", type=process_count, metavar="N", help="repositories at a time (default: one a processor)"
    )
    how.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler, tcp://… or tls://…, or local")
    how.add_argument("--mirrors", metavar="FOLDER", help="where clones of URLs are kept (default: in the user's cache)")
    how.add_argument(
        "--timeout",
        type=_seconds,
        default=_SECONDS,
        metavar="SECONDS",
        help="for one repository (default: %(default)g)",
    )
    policy = parser.add_argument_group("policy")
    policy.add_argument(
        "--config", metavar="FILE", help="the policy; those of the repositories themselves do not count"
    )
    policy.add_argument("--no-inline", action="store_true", help="do not honour comments that allow a finding")
    policy.add_argument(
        "--min-confidence", choices=CONFIDENCES, default="medium", help="the least confidence that counts"
    )
    policy.add_argument("--today", type=day, metavar="YYYY-MM-DD", help="the day that ages are judged by")
    output = parser.add_argument_group("what is said")
    output.add_argument("--sweep", type=int, metavar="N", help="with report: this sweep, not the last one")
    output.add_argument("--format", choices=[name for name in formats if name != "sarif"], default="text")
    output.add_argument(
        "--report", action="append", default=[], metavar="FORMAT=FILE",
        help="write another format to a file, sarif=FOLDER one for each repository; repeatable",
    )  # fmt: skip
    output.add_argument("--fail-on", choices=[*SEVERITIES, "never"], default="medium")
    output.add_argument(
        "--new-only", action="store_true", help="list what is new since the sweep before, and fail for that alone"
    )
    output.add_argument("--color", choices=["auto", "always", "never"], default="auto")
    output.add_argument("-q", "--quiet", action="store_true", help="one line a finding, nothing else")
    output.add_argument("--no-progress", action="store_true", help="do not tell a terminal how far the sweep has got")


def _run(arguments: argparse.Namespace) -> int:
    outputs = _outputs(arguments.report)
    # Unlike a scan this may last for hours; what there is by now stays, and need not be looked through each time.
    gc.freeze()
    gc.enable()
    try:
        from keylint.sweep.overview import exit_code, overview
        from keylint.sweep.store import Store
    except ModuleNotFoundError as error:
        if error.name != "sqlalchemy":
            raise
        raise UsageError("a sweep needs SQLAlchemy: pip install 'keylint[sweep]'") from None

    word = arguments.targets[0] if arguments.targets else ""
    asked = word in (_REPORT, _DIFF)
    if asked and "://" not in arguments.store and not os.path.exists(arguments.store):
        raise UsageError(f"no store '{arguments.store}': keylint sweep TARGET … makes one")
    before = None
    store = Store(arguments.store)
    try:
        if word == _DIFF:
            before, number = _numbers(arguments.targets[1:])
        elif word == _REPORT:
            if len(arguments.targets) > 1:
                raise UsageError("keylint sweep report takes no targets")
            number = arguments.sweep
        else:
            number = _sweep(store, arguments).id
        about = overview(store, number, before, new_only=arguments.new_only or word == _DIFF)
        code = exit_code(about, None if arguments.fail_on == "never" else arguments.fail_on)
        whole = _put(about, arguments, outputs)
        return code if whole else code or NOT_COMPLETE
    finally:
        store.close()


def _numbers(words: Sequence[str]) -> tuple[int, int]:
    if len(words) != 2 or not all(word.isascii() and word.isdigit() for word in words):
        raise UsageError("keylint sweep diff takes the numbers of two sweeps; keylint sweep report names the last")
    before, after = sorted(int(word) for word in words)
    return before, after


def _sweep(store: Store, arguments: argparse.Namespace) -> Sweep:
    """Look at every target that was not looked at yet, and then at all of them together."""
    from keylint.sweep.targets import targets

    chosen = targets(arguments.targets, file=arguments.file, archived=arguments.archived, forks=arguments.forks)
    if not chosen:
        raise NothingScanned("no repository to sweep")
    with store.writing():
        return _sweep_of(store, chosen, arguments)


def _sweep_of(store: Store, chosen: Sequence[Target], arguments: argparse.Namespace) -> Sweep:
    from keylint.sweep.job import Job, policy_at, policy_digest
    from keylint.sweep.results import Sweep

    config = os.path.abspath(arguments.config) if arguments.config else None
    today = arguments.today or current_day()
    known = store.kept()
    jobs = [
        Job(
            one._replace(location=os.path.abspath(one.location)) if os.path.isdir(one.location) else one,
            one.config or config,
            today,
            arguments.min_confidence,
            not arguments.no_history,
            not arguments.no_inline,
            known.get(one.name),
            _mirrors(arguments.mirrors),
            arguments.timeout,
            _LARGEST,
        )
        for one in chosen
    ]
    for one in dict.fromkeys(job.config for job in jobs):
        policy_at(one)  # a mistake in one is told before anything is looked at
    policy = policy_digest(jobs[0]._replace(config=config))
    told = "\0".join(f"{job.target.name}\0{policy_digest(job)}" for job in jobs)
    scope = sha256(told.encode("utf-8", "surrogateescape")).hexdigest()
    new = Sweep(0, _now(), "", today, policy, __version__, len(jobs), scope, _process())
    sweep, done = _begun(store, arguments, new)
    left = [job._replace(day=sweep.day) for job in jobs if job.target.name not in done]
    _examine(store, sweep, left, arguments, len(done))
    _compare(store, sweep, {job.target.name: job.config for job in jobs}, config, inline=not arguments.no_inline)
    store.finish(sweep, _now())
    return sweep


def _begun(store: Store, arguments: argparse.Namespace, new: Sweep) -> tuple[Sweep, set[str]]:
    """Return a new sweep, or the unfinished one with the names of what was looked at already."""
    if not arguments.resume:
        return store.begin(new), set()
    last = store.sweeps()[-1:]
    if not last or last[0].finished:
        say("--resume: the last sweep came to its end; this is a new one")
        return store.begin(new), set()
    differences = {
        "another day": arguments.today and last[0].day != new.day,
        "another policy, or another keylint": last[0].policy != new.policy,
        f"other repositories ({last[0].targets:,}, and now {new.targets:,})": last[0].targets != new.targets,
        "other repositories, or another policy for some of them": last[0].scope != new.scope,
    }
    for what, differs in differences.items():
        if differs:
            begin = "without --resume a new one begins, and what has not changed is not looked at again"
            raise UsageError(f"--resume: sweep {last[0].id}, the unfinished one, had {what}; {begin}")
    done = {scan.target for scan in store.scans(last[0].id) if scan.state != "failed"}
    return store.resume(last[0], new.process), done


def _examine(store: Store, sweep: Sweep, jobs: Sequence[Job], arguments: argparse.Namespace, before: int) -> None:
    from keylint.sweep.job import unchanged

    progress = Progress("repository", "repositories") if not arguments.no_progress and is_watched() else None
    count = arguments.jobs or os.cpu_count() or 1
    results = [unchanged(job) for job in jobs]
    same = [
        (job.target.owner, job.target.tags, result.scan)
        for job, result in zip(jobs, results, strict=True)
        if result is not None
    ]
    store.record_unchanged(sweep, same)
    finished, size, total = before + len(same), 0, before + len(jobs)
    jobs = [job for job, result in zip(jobs, results, strict=True) if result is None]

    def done(job: Job, result: Result) -> None:
        nonlocal finished, size
        store.record(sweep, job.target.owner, job.target.tags, result)
        finished += 1
        size += result.scan.bytes
        if progress is not None:
            progress(finished, total, size)

    try:
        if arguments.dask and jobs:
            from keylint.sweep.cluster import sweep as spread

            spread(jobs, arguments.dask, count, arguments.timeout, done)
        elif jobs:
            from keylint.sweep.local import sweep as run

            run(jobs, count, arguments.timeout, done)
    finally:
        if progress is not None:
            progress.done()


def _compare(store: Store, sweep: Sweep, configs: dict[str, str | None], config: str | None, *, inline: bool) -> None:
    from keylint.suppression import Suppressions
    from keylint.sweep.across import across
    from keylint.sweep.job import policy_at

    def policy_of(name: str) -> Policy:
        return policy_at(configs.get(name, config))

    def suppress_of(name: str) -> Callable[[str, Fact, str], Suppression | None]:
        policy = policy_of(name)
        known = [*(rule.id for rule in policy.rules), *policy.off]
        return Suppressions(policy, known, sweep.day, inline=inline).of

    store.record_across(sweep, across(store.facts(sweep), policy_of, suppress_of, sweep.day))


def _mirrors(folder: str | None) -> str:
    if folder is not None:
        return os.path.abspath(folder)
    from keylint.cache import cache_folder

    return os.path.join(cache_folder() or os.path.abspath(".keylint-cache"), "mirrors")


def _process() -> str:
    import platform

    return f"process {os.getpid()} on {platform.node() or 'a machine without a name'}"


def _now() -> str:
    from datetime import datetime, timezone

    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _view(name: str) -> View:
    return cast("View", load(_VIEWS, name, "VIEW"))


def _put(about: Overview, arguments: argparse.Namespace, outputs: Sequence[tuple[str, str]]) -> bool:
    """Print and write; tell whether all of it went well."""
    style = Style(color(arguments.color), speaks_unicode(), arguments.quiet, width())
    render = _view(arguments.format).render
    assert render is not None  # of those that --format takes
    whole = all(map(put, _joined(render(about, style))))
    for name, file in outputs:
        view = _view(name)
        if view.render is not None:
            whole = _write(file, view.render(about, Style())) and whole
        elif view.files is not None:
            for inner, text in view.files(about):
                whole = _write(os.path.join(file, inner), (text,)) and whole
    return whole


def _joined(pieces: Iterable[str]) -> Iterator[str]:
    """Yield a text in larger pieces: each is written at once."""
    some: list[str] = []
    for piece in pieces:
        some.append(piece)
        if len(some) == _AT_ONCE:
            yield "".join(some)
            some.clear()
    yield "".join(some)


def _write(file: str, text: Iterable[str]) -> bool:
    from keylint.files import replace

    try:
        os.makedirs(os.path.dirname(os.path.abspath(file)), exist_ok=True)
        replace(file, text)
    except OSError as error:
        say(f"--report cannot write '{file}': {error.strerror}")
        return False
    return True


def _seconds(text: str) -> float:
    import argparse
    import math

    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number of seconds above 0, not '{text}'")
    return seconds


def _outputs(reports: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for report in reports:
        name, separator, file = report.partition("=")
        if not separator or not file:
            raise UsageError(f"--report takes FORMAT=FILE, not '{report}'")
        if name not in names(_VIEWS):
            raise UsageError(f"unknown format '{name}' in --report; known: {', '.join(names(_VIEWS))}")
        found.append((name, file))
    return found


COMMAND = Command("look at many repositories, remember, and tell what is new", _EXAMPLES, _arguments, _run)
