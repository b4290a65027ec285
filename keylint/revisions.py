"""From a selection of a repository's objects to facts: what each holds; of a hit who brought it in, and when."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from time import monotonic
from typing import NamedTuple

from keylint import cache as kept
from keylint.archives import MEMBER
from keylint.cache import Brought, Cache, Known, Listed, Yield
from keylint.errors import SourceFailed
from keylint.model import Commit, Fact, Scanned, Skip, SkipReason, World
from keylint.pipeline import Lens, examine, glance, is_marked, is_wanted, is_wanted_in_the_past, may_hold
from keylint.scanner import LONG, MANY_BYTES, scan_bytes
from keylint.sieve import accelerate, mentions_exchange
from keylint.sources.changes import A_SUBMODULE, Change, Record, changes
from keylint.sources.history import COMMIT_MESSAGE, Selection
from keylint.sources.objects import Objects, first
from keylint.sources.paths import shown
from keylint.sources.repository import Repository, ask, resolve
from keylint.whole.arrivals import Arrival, Hit, Trace, placed, traces
from keylint.whole.rewriting import rewriting

# Objects a worker is handed at a time; so few are glanced at first, the small ones. Units: objects, bytes.
_BATCH = 100
_LARGE = 1 << 20
_MANY = 1000
# More paths than this are not handed to git as arguments; it tells of all, then.
_MOST_PATHS = 200
# So many heads are asked about at a time.
_HEADS = 50
# How much of the files beside a candidate is looked at to see whether they name the exchange. Units: bytes, files.
_NEAR_BYTES = 16 << 10
_NEAR_FILES = 50


class Lenses(NamedTuple):
    """What is looked at through what: what is there today, and what is past."""

    there: Lens
    past: Lens


class Item(NamedTuple):
    """An object to look at, with every path it was ever at. `there`: it is a part of the files at hand."""

    object: str
    paths: tuple[str, ...]
    there: bool = False


class Looked(NamedTuple):
    """What a batch of objects yielded. `verdicts` and `yields` are worth remembering, and which messages hold nothing.

    Units: `size` in bytes.
    """

    files: int
    size: int
    hits: tuple[Hit, ...]
    skipped: tuple[Skip, ...]
    verdicts: tuple[tuple[bytes, bytes], ...] = ()
    yields: tuple[tuple[bytes, Yield], ...] = ()
    quiet: tuple[str, ...] = ()


class Found(NamedTuple):
    """What a selection comes to. `read` returns what is at a path now, if it was a part of the selection."""

    scanned: Scanned
    facts: tuple[Fact, ...]
    world: World
    read: Callable[[str], bytes | None]


def look(
    repository: Repository,
    selection: Selection,
    lenses: Lenses,
    jobs: int | None = None,
    is_excluded: Callable[[str], bool] | None = None,
    *,
    cache: Cache | None = None,
) -> Found:
    """Examine a selection; what `cache` remembers of it costs next to nothing.

    Raises: SourceFailed if git cannot be read to the end.
    """
    known = kept.load(cache, len(repository.zero)) if cache else Known()
    if not known.listed.commits <= set(selection.commits) - selection.notes:
        # A commit that counted is gone, and what it alone put somewhere with it.
        known = known._replace(listed=Listed(), brought=Brought())
    skipped: set[Skip] = set(selection.skipped)
    record = Record()
    listed, listed_whole = _listed(repository, selection, known.listed, skipped, record)
    paths = dict(listed.paths)
    for change in _changes(repository, selection, _ordered(selection, selection.notes), skipped.add):
        _add(paths, change.object, change.path)
    for path, object_ in selection.here:
        _add(paths, object_, path)
    for loose in selection.loose:
        _add(paths, loose.object, loose.path)
    for object_ in selection.all_objects:
        if object_ not in paths:
            paths[object_] = (f".git/objects/{object_}",)
    # Rules on anything but secrets are for the branch that one is on, as a scan of its files would have it.
    now = {*_held(repository, selection.current), *(object_ for _, object_ in selection.here)}
    items = _items(paths, now, is_excluded, skipped)
    quiet = known.listed.commits - known.listed.loud
    items += (Item(commit, (COMMIT_MESSAGE,)) for commit in selection.commits if commit not in quiet)
    faults: list[str] = []
    looked = _examined(repository, items, lenses, jobs, faults, cache=cache, known=known)
    skipped.update(skip for part in looked for skip in part.skipped)
    hits = [hit for part in looked for hit in part.hits]
    scanned = Scanned(
        sum(part.files for part in looked),
        sum(part.size for part in looked),
        tuple(sorted(skip._replace(path=shown(skip.path)) for skip in skipped)),
        len(selection.commits),
        tuple(faults),
    )
    live = _live(repository, selection, hits) if hits else set()
    brought, arrivals = _arrivals(repository, selection, hits, known, record)
    facts = _facts(repository, selection, hits, arrivals, live=live, past=lenses.past) if hits else ()
    facts = _with_rewriting(repository, selection, facts)
    if cache:
        verdicts = dict(verdict for part in looked for verdict in part.verdicts)
        yields = dict(one for part in looked for one in part.yields)
        quiet = quiet.union(commit for part in looked for commit in part.quiet)
        listed = listed._replace(loud=listed.commits - quiet)
        now_known = Known(*((listed, brought) if listed_whole else (Listed(), Brought())), verdicts, yields)
        if now_known != known:
            kept.save(cache, now_known)
    return Found(scanned, facts, _world(repository, selection, facts), _reader(repository, selection, paths))


def _listed(
    repository: Repository, selection: Selection, known: Listed, skipped: set[Skip], record: Record
) -> tuple[Listed, bool]:
    """Return what the commits put where, and whether that is all and may be told: git is asked of new commits alone.

    Notes are left out: which commits hold them is for refs to say, and they may change their mind.
    """
    commits = frozenset(selection.commits) - selection.notes
    new = _ordered(selection, commits - known.commits)
    paths = dict(known.paths)
    left_out: set[Skip] = set()
    once: dict[str, str] = {}
    for change in changes(repository, new, left_out.add, record=record):
        _add(paths, change.object, once.setdefault(change.path, change.path))
    left_out.update(Skip(path, "excluded", A_SUBMODULE) for path in known.submodules)
    skipped |= left_out
    submodules = {skip.path for skip in left_out if skip.detail == A_SUBMODULE}
    # A path may be a secret, too; and what is missing today may be there tomorrow.
    whole = len(submodules) == len(left_out) and all(shown(path) == path for path in (*once, *submodules))
    return Listed(commits, frozenset(), paths, tuple(sorted(submodules))), whole


def _ordered(selection: Selection, some: frozenset[str]) -> Sequence[str]:
    return [commit for commit in selection.commits if commit in some] if some else ()


def _add(paths: dict[str, tuple[str, ...]], object_: str, path: str) -> None:
    before = paths.get(object_)
    if before is None:
        paths[object_] = (path,)
    elif path not in before:
        paths[object_] = (*before, path)


def _changes(
    repository: Repository,
    selection: Selection,
    commits: Sequence[str],
    skip: Callable[[Skip], None],
    paths: Sequence[str] = (),
) -> Iterator[Change]:
    """Yield what commits changed; a note's path is that of what it is on, however git spreads notes over folders."""
    for change in changes(repository, commits, skip, paths):
        if change.commit in selection.notes:
            yield change._replace(path=f".git/notes/{change.path.replace('/', '')}")
        else:
            yield change


def _held(repository: Repository, heads: Sequence[str]) -> set[str]:
    """Return every object of some commits' trees."""
    if not heads:
        return set()
    feed = "".join(f"{head}\n" for head in heads).encode()
    try:
        listed = ask(repository, ["rev-list", "--objects", "--no-walk", "--missing=allow-any", "--stdin"], feed)
    except SourceFailed:  # a tree is missing, which is told where its commit's changes are
        return set[str]().union(*(_held(repository, [head]) for head in heads)) if len(heads) > 1 else set()
    return {line.partition(b" ")[0].decode() for line in listed.split(b"\n")}


def _items(
    paths: Mapping[str, tuple[str, ...]], there: set[str], is_excluded: Callable[[str], bool] | None, skipped: set[Skip]
) -> list[Item]:
    """Return what to look at, the versions of one file together: git stores them as differences from each other."""
    excluded: set[str] = set()
    if is_excluded is not None:
        excluded = {path for some in paths.values() for path in some if is_excluded(shown(path))}
    skipped.update(Skip(path, "excluded", "by the configuration") for path in excluded)
    items = []
    for object_, some in paths.items():
        left = tuple(path for path in some if path not in excluded) if excluded else some
        if left:
            items.append(Item(object_, tuple(sorted(left)) if len(left) > 1 else left, object_ in there))
    items.sort(key=lambda item: item.paths[0])
    return items


def _examined(
    repository: Repository,
    items: Sequence[Item],
    lenses: Lenses,
    jobs: int | None,
    faults: list[str],
    *,
    cache: Cache | None,
    known: Known,
) -> list[Looked]:
    """Examine objects, closely in workers: what kills one, or keeps it for ever, costs that object alone."""
    remembered: list[Looked] = []
    if cache and known != Known():
        items, remembered = _remembered(items, cache, known)
    if len(items) <= _BATCH:
        glanced, items = _glanced(repository, items, lenses, cache)
        remembered.append(glanced)
    if not items:
        return remembered
    work = _Examiner(repository, lenses, cache)
    if not hasattr(os, "fork"):
        try:
            return [*remembered, work(items)]
        finally:
            work.close()
    from keylint.workers import run

    count = 1
    if len(items) >= _MANY:
        accelerate()
        count = jobs if jobs is not None else os.cpu_count() or 1
    batches = [items[start : start + _BATCH] for start in range(0, len(items), _BATCH)]
    return [*remembered, *run(work, batches, min(count, len(batches)), _lost, faults=faults)]


def _glanced(
    repository: Repository, items: Sequence[Item], lenses: Lenses, cache: Cache | None
) -> tuple[Looked, Sequence[Item]]:
    """Return what the sieve alone can tell of few items, and the items left: most commits need no worker.

    It is bounded in bytes and time, for this process is not watched over.
    """
    files = size = 0
    left: list[Item] = []
    verdicts: list[tuple[bytes, bytes]] = []
    quiet: list[str] = []
    late = monotonic() + LONG
    place = 0
    with suppress(MemoryError):
        objects = first(repository, [item.object for item in items], MANY_BYTES, LONG)
        for item, one in zip(items, objects, strict=False):
            if one.size > _LARGE:
                left.append(item)
            elif one.kind in ("commit", "tag") and not is_marked(one.data.partition(b"\n\n")[2], lenses.past):
                quiet.append(item.object)
            elif one.kind == "blob" and one.left_out is None and _is_clean(item, one.data, lenses):
                files += 1
                size += one.size
                if cache:
                    digest = cache.digest(item.object, item.paths, there=item.there)
                    verdicts.append((digest, kept.verdict(kept.FILE, one.size)))
            else:
                left.append(item)
            place += 1
            if monotonic() > late:
                break
    return Looked(files, size, (), (), tuple(verdicts), (), tuple(quiet)), [*left, *items[place:]]


def _is_clean(item: Item, data: bytes, lenses: Lenses) -> bool:
    """Tell whether the sieve tells of an object, at each of its paths, that it holds nothing."""
    lens, wanted = (lenses.there, is_wanted) if item.there else (lenses.past, is_wanted_in_the_past)
    return not any(map(wanted, item.paths)) and glance(shown(item.paths[0]), data, lens) == ()


def _remembered(items: Sequence[Item], cache: Cache, known: Known) -> tuple[list[Item], list[Looked]]:
    """Return what is still to be looked at, and what the rest came to."""
    left: list[Item] = []
    verdicts: list[tuple[bytes, bytes]] = []
    yields: list[tuple[bytes, Yield]] = []
    hits: list[Hit] = []
    skipped: list[Skip] = []
    files = size = 0
    for item in items:
        digest = cache.digest(item.object, item.paths, there=item.there)
        value = known.verdicts.get(digest)
        if value is not None:
            kind, read = kept.read_verdict(value)
            files += kind == kept.FILE
            size += read
            if kind == kept.BINARY:
                skipped.append(Skip(item.paths[0], "binary"))
            verdicts.append((digest, value))
        elif digest in known.yields:
            found = known.yields[digest]
            files += 1
            size += found.size
            hits += (Hit(item.object, item.paths[place], fact) for place, fact in found.facts)
            skipped += found.left_out
            yields.append((digest, found))
        else:
            left.append(item)
    return left, [Looked(files, size, tuple(hits), tuple(skipped), tuple(verdicts), tuple(yields))]


def _lost(items: Sequence[Item], why: str) -> Looked:
    from keylint.workers import LATE

    reason: SkipReason = "timeout" if why == LATE else "unreadable"
    return Looked(0, 0, (), tuple(Skip(item.paths[0], reason, why) for item in items))


class _Examiner:
    """What a worker does with a batch; each has a git of its own."""

    def __init__(self, repository: Repository, lenses: Lenses, cache: Cache | None) -> None:
        self._objects = Objects(repository)
        self._lenses = lenses
        self._cache = cache

    def __call__(self, items: Sequence[Item]) -> Looked:
        hits: list[Hit] = []
        skipped: list[Skip] = []
        messages: list[tuple[Item, bytes]] = []
        verdicts: list[tuple[bytes, bytes]] = []
        yields: list[tuple[bytes, Yield]] = []
        quiet: list[str] = []
        files = size = 0
        found = self._objects.read([item.object for item in items])
        for item, one in zip(items, found, strict=True):
            if one.kind in ("commit", "tag"):
                messages.append((item, one.data.partition(b"\n\n")[2]))
                continue
            if one.left_out is not None:
                detail = f"object {item.object}" if one.left_out in ("missing-object", "unreadable") else ""
                new, left_out = list[Hit](), [Skip(shown(item.paths[0]), one.left_out, detail)]
            elif one.kind == "blob":
                new, left_out = self._examine(item, one.data)
            else:
                continue
            binary = _is_binary(item, left_out)
            if one.left_out is None and not binary:
                files += 1
                size += one.size
            hits += new
            skipped += left_out
            if self._cache and all(skip.reason in kept.LASTING for skip in left_out):
                digest = self._cache.digest(item.object, item.paths, there=item.there)
                if new or (left_out and not binary):
                    facts = tuple((item.paths.index(hit.path), hit.fact) for hit in new)
                    yields.append((digest, Yield(one.size, facts, tuple(left_out))))
                else:
                    value = kept.verdict(kept.BINARY, 0) if binary else kept.verdict(kept.FILE, one.size)
                    verdicts.append((digest, value))
        # Nearly every message is a line or two: looked at together first.
        marked = messages and is_marked(b"\n".join(text for _, text in messages), self._lenses.past)
        for item, text in messages:
            said, left_out = self._examine(item, text) if marked else ([], [])
            hits += said
            skipped += left_out
            if not said and not left_out:
                quiet.append(item.object)
        return Looked(files, size, tuple(hits), tuple(skipped), tuple(verdicts), tuple(yields), tuple(quiet))

    def close(self) -> None:
        """End git, where that is not left to the end of the process."""
        self._objects.close()

    def _examine(self, item: Item, data: bytes) -> tuple[list[Hit], list[Skip]]:
        lens, wanted = (self._lenses.there, is_wanted) if item.there else (self._lenses.past, is_wanted_in_the_past)
        hits: list[Hit] = []
        left_out: list[Skip] = []
        for place, path in enumerate(item.paths):
            # A file by another name holds the same; but if it holds anything at all, its name may mean something.
            if place and not hits and not wanted(path) and not may_hold(data, lens):
                continue
            try:
                found = examine(shown(path), data, lens)
            except MemoryError:
                found = (Skip(path, "unreadable", "not enough memory to decode it"),)
            hits += (Hit(item.object, path, fact) for fact in found if isinstance(fact, Fact))
            left_out += (fact for fact in found if isinstance(fact, Skip))
            if _is_binary(item, left_out):
                break
        return hits, left_out


def _is_binary(item: Item, left_out: Sequence[Skip]) -> bool:
    """Tell an object that holds no text from one that has members without."""
    return any(skip.reason == "binary" and skip.path == shown(item.paths[0]) for skip in left_out)


def _live(repository: Repository, selection: Selection, hits: Sequence[Hit]) -> set[tuple[str, str]]:
    """Return which of the places with a hit are there today. Shape: object, path."""
    there = _held(repository, selection.heads)
    places = {(hit.object, hit.path) for hit in hits}
    live = {place for place in places if (place[1], place[0]) in selection.here}
    held = {place for place in places if place[0] in there and not place[1].startswith(".git/")}
    count: dict[str, int] = {}
    for object_, _ in held:
        count[object_] = count.get(object_, 0) + 1
    unclear = {place for place in held if count[place[0]] > 1}
    live |= held - unclear
    # Only git knows at which of its paths an object is today; it is asked of every head until it says so.
    for heads in _in_parts(repository, selection.heads) if unclear else ():
        open_ = sorted(place for place in unclear - live if "\n" not in place[1])
        asked = [(place, head) for head in heads for place in open_]
        names = [f"{head}:{path}" for (_, path), head in asked]
        for (place, _), found in zip(asked, resolve(repository, names), strict=True):
            if found is not None and found[1] == place[0]:
                live.add(place)
        if len(live) == len(places):
            break
    return live


def _in_parts(repository: Repository, heads: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the first head, which holds most of what any does, and then many at a time: to start git costs more.

    Of a partial clone they come one by one: git may end at every name.
    """
    size = 1 if repository.partial else _HEADS
    yield heads[:1]
    for start in range(1, len(heads), size):
        yield heads[start : start + size]


def _facts(
    repository: Repository,
    selection: Selection,
    hits: Sequence[Hit],
    arrivals: Mapping[tuple[str, str], Sequence[Arrival]],
    *,
    live: set[tuple[str, str]],
    past: Lens,
) -> tuple[Fact, ...]:
    found = traces(hits, arrivals, live)
    commits = _commits(repository, {arrival.commit for trace in found for arrival in trace.brought})
    older = frozenset() if selection.whole else _held_before(repository, found, past)
    facts: list[Fact] = []
    for trace in found:
        is_new = trace.first is not None and trace.first.commit not in repository.boundary
        is_new = is_new and trace.hits[0].fact.identity not in older
        facts += placed(trace, live, commits, is_new=is_new)
    return tuple(sorted(facts, key=lambda fact: (fact.location, fact.target, fact.identity)))


def _with_rewriting(repository: Repository, selection: Selection, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return the facts, those of what is past with the one command that takes all of it out of the past."""
    past = [fact for fact in facts if fact.attributes.get("removed")]
    if not past:
        return facts
    paths = sorted({one.path.partition(MEMBER)[0] for fact in past for one in (fact.location, *fact.occurrences)})
    files = [path for path in paths if not path.startswith(".git/")]
    there: set[str] = set()
    for heads in _in_parts(repository, selection.heads):
        left = [path for path in files if path not in there and "\n" not in path]
        asked = [(path, head) for head in heads for path in left]
        found = resolve(repository, [f"{head}:{path}" for path, head in asked])
        there.update(path for (path, _), one in zip(asked, found, strict=True) if one)
    gone = [path for path in files if path not in there]
    command = rewriting(gone, sorted(there), [path for path in paths if path not in files])
    return tuple(
        fact._replace(attributes={**fact.attributes, "rewriting": command}) if fact.attributes.get("removed") else fact
        for fact in facts
    )


def _arrivals(
    repository: Repository, selection: Selection, hits: Sequence[Hit], known: Known, record: Record
) -> tuple[Brought, dict[tuple[str, str], list[Arrival]]]:
    """Return which commits put there what has a hit: as changes to remember, and in full by object and path."""
    wanted = {(hit.object, hit.path) for hit in hits}
    in_files = {(object_, path) for object_, path in wanted if not path.startswith(".git/")}
    brought = known.brought if in_files <= known.brought.places else Brought()
    old = known.listed.commits if brought.places else frozenset[str]()
    found = [Change(*change) for change in brought.changes if (change[2], change[1]) in in_files]
    if in_files:
        new = _ordered(selection, frozenset(selection.commits) - selection.notes - old)
        if record.covers(new):
            asked = record.of({object_ for object_, _ in in_files}, repository.zero)
        else:
            paths = sorted({path for _, path in in_files})
            named = paths if len(paths) <= _MOST_PATHS else ()
            asked = changes(repository, new, lambda _skip: None, named)
        found += (change for change in asked if (change.object, change.path) in in_files)
    brought = Brought(frozenset(in_files), tuple((one.commit, one.path, one.object, one.before) for one in found))
    if any(path.startswith(".git/notes/") for _, path in wanted):
        notes = _ordered(selection, selection.notes)
        found += (one for one in _changes(repository, selection, notes, lambda _skip: None))
    found += (Change(object_, path, object_, ()) for object_, path in wanted if path == COMMIT_MESSAGE)
    turns = {commit: turn for turn, commit in enumerate(reversed(selection.commits))}
    arrivals: dict[tuple[str, str], list[Arrival]] = {}
    for one in found:
        if (one.object, one.path) in wanted:
            arrival = Arrival(turns[one.commit], one.commit, one.path, one.object, one.before)
            arrivals.setdefault((one.object, one.path), []).append(arrival)
    return brought, arrivals


def _held_before(repository: Repository, found: Sequence[Trace], past: Lens) -> frozenset[str]:
    """Return the identities of what the file held already that a commit of a range first brought it to."""
    names = sorted({old for trace in found if trace.first for old in trace.first.before})
    held: dict[str, set[str]] = {}
    objects = Objects(repository)
    try:
        data = {name: one.data for name, one in zip(names, objects.read(names), strict=True)}
    finally:
        objects.close()
    older = set()
    for trace in found:
        for old in trace.first.before if trace.first else ():
            if old not in held:
                _, some = scan_bytes(shown(trace.first.path), data[old], past) if trace.first else (None, ())
                held[old] = {fact.identity for fact in some}
            older |= held[old] & {trace.hits[0].fact.identity}
    return frozenset(older)


def _commits(repository: Repository, ids: Iterable[str]) -> dict[str, Commit]:
    """Return the author and date of commits."""
    from keylint.recognition.masking import mask_keys, printable

    names = sorted(ids)
    objects = Objects(repository)
    known: dict[str, Commit] = {}
    try:
        for name, found in zip(names, objects.read(names), strict=True):
            head = found.data.partition(b"\n\n")[0].decode("utf-8", "backslashreplace")
            line = next((line for line in head.split("\n") if line.startswith("author ")), "author  0 +0000")
            author, seconds, zone = line.removeprefix("author ").rsplit(" ", 2)
            known[name] = Commit(name, printable(mask_keys(author)), _date(seconds, zone), first_seen=False)
    finally:
        objects.close()
    return known


def _date(seconds: str, zone: str) -> str:
    """Return an author's time as ISO 8601, or nothing if it is none."""
    import time

    try:
        sign = -1 if zone[0] == "-" else 1
        offset = sign * (int(zone[1:3]) * 3600 + int(zone[3:5]) * 60)
        moment = time.gmtime(int(seconds) + offset)
    except (ValueError, OverflowError, OSError, IndexError):
        return ""
    return time.strftime("%Y-%m-%dT%H:%M:%S", moment) + f"{zone[0]}{zone[1:3]}:{zone[3:5]}"


def _reader(
    repository: Repository, selection: Selection, paths: Mapping[str, tuple[str, ...]]
) -> Callable[[str], bytes | None]:
    """Return what reads a file as it is today, if that was looked at."""
    here = dict(selection.here)

    def read(path: str) -> bytes | None:
        object_ = here.get(path)
        if object_ is None and selection.current:
            found = resolve(repository, [f"{selection.current[0]}:{path}"])[0]
            object_ = found[1] if found and path in paths.get(found[1], ()) else None
        return None if object_ is None else _blobs(repository, [object_])[0]

    return read


def _blobs(repository: Repository, names: Sequence[str]) -> list[bytes]:
    objects = Objects(repository)
    try:
        return [one.data for one in objects.read(names)]
    finally:
        objects.close()


def _world(repository: Repository, selection: Selection, facts: Sequence[Fact]) -> World:
    """Return what is known around a path: what stood beside it where it was found."""
    trees = {fact.location.path: fact.commit.id for fact in facts if fact.commit is not None}
    staged = set() if selection.tree else {path for path, _ in selection.here}
    if selection.tree:
        trees = {fact.location.path: selection.tree for fact in facts}

    def is_near_exchange(path: str) -> bool:
        folder = path.rpartition("/")[0]
        folders = dict.fromkeys((folder, folder.rpartition("/")[0]))
        return any(_names_exchange(repository, names(path, one)) for one in folders)

    def names(path: str, folder: str) -> list[str]:
        if path in staged or path not in trees:
            listed = os.fsdecode(ask(repository, ["ls-files", "--stage", "-z"])) if repository.root else ""
            lines = (line.partition("\t") for line in listed.split("\0"))
            return [
                details.split(" ")[1] for details, _, name in lines if details and name.rpartition("/")[0] == folder
            ]
        tree = resolve(repository, [f"{trees[path]}:{folder}" if folder else f"{trees[path]}^{{tree}}"])[0]
        listed = os.fsdecode(ask(repository, ["ls-tree", "-z", tree[1]])) if tree else ""
        details = (line.partition("\t")[0].split(" ") for line in listed.split("\0")[:-1])
        return [object_ for _, kind, object_ in details if kind == "blob"]

    return World(lambda _: True, cache(is_near_exchange))


def _names_exchange(repository: Repository, names: Sequence[str]) -> bool:
    return any(mentions_exchange(data[:_NEAR_BYTES]) for data in _blobs(repository, names[:_NEAR_FILES]))
