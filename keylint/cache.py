"""What an earlier look at a repository's history came to: kept outside of it, and right or not there at all.

A file for each repository, which its clones and forks share, and policy. It holds
digests, object ids, paths, and facts as reports tell them: no secret.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from keylint import __version__
from keylint.model import Allow, Excerpt, Fact, Location, Skip, Value

_MAGIC = b"keylint cache 1\n"
_DIGEST = 16
# A verdict is what kind it is of and how many bytes were looked at.
_SIZE = 6
_RECORD = _DIGEST + 1 + _SIZE
# Of one file, and of all of them; the least used go first. Units: bytes.
_LARGEST = 256 << 20
_MOST = 512 << 20
# At one save in so many, by chance, room is made: to list a full folder takes longer than to write into it.
_EVERY = 16
# A run that was killed may leave what it was writing. Units: seconds.
_ABANDONED = 3600
# What facts are made with besides keylint's own code.
_READERS = ("hyperscan", "packaging", "pyyaml", "regex", "semantic_version", "tomli", "tree_sitter")

FILE, BINARY = b"f", b"b"
# For these reasons the same bytes are always left out.
LASTING = ("binary", "too-large")


class Listed(NamedTuple):
    """Which objects some commits put at which paths, and the paths of their submodules.

    `loud` are those of them whose message is to be looked at again.
    """

    commits: frozenset[str] = frozenset()
    loud: frozenset[str] = frozenset()
    paths: Mapping[str, tuple[str, ...]] = {}
    submodules: tuple[str, ...] = ()


class Brought(NamedTuple):
    """Of these places, which of the listed commits brought what there. Shape: commit, path, object, those before."""

    places: frozenset[tuple[str, str]] = frozenset()
    changes: tuple[tuple[str, str, str, tuple[str, ...]], ...] = ()


class Yield(NamedTuple):
    """What an object yielded. Shape of `facts`: which of its paths, counted from 0, and the fact. Units: bytes."""

    size: int
    facts: tuple[tuple[int, Fact], ...] = ()
    left_out: tuple[Skip, ...] = ()


class Known(NamedTuple):
    """What is remembered by the digest of what was looked at and how: verdicts of what yielded no fact, and yields."""

    listed: Listed = Listed()
    brought: Brought = Brought()
    verdicts: Mapping[bytes, bytes] = {}
    yields: Mapping[bytes, Yield] = {}


class Cache(NamedTuple):
    """Where what is known of a repository is kept; `key` is a digest of all that a verdict hangs on."""

    file: str
    key: bytes

    def digest(self, object_: str, paths: Sequence[str], *, there: bool) -> bytes:
        """Return what a verdict is remembered under: another path may make another fact of the same bytes."""
        from hashlib import blake2b  # late, here and below: it loads OpenSSL, and most hooks ask no cache

        looked_at = f"{'there' if there else 'past'} {object_} " + "\0".join(paths)
        return blake2b(looked_at.encode("utf-8", "surrogatepass"), digest_size=_DIGEST, key=self.key).digest()


def verdict(kind: bytes, size: int) -> bytes:
    """Return what is remembered of something without facts."""
    return kind + size.to_bytes(_SIZE, "little")


def read_verdict(value: bytes) -> tuple[bytes, int]:
    """Return its kind and the bytes that were looked at."""
    return value[:1], int.from_bytes(value[1:], "little")


def cache_of(name: str, policy: str) -> Cache | None:
    """Return the cache of a repository, by whatever names it, under a policy; None where there is no place for one."""
    from hashlib import blake2b

    place = cache_folder()
    if place is None:
        return None
    key = blake2b("\0".join((__version__, sys.version, policy, *_code())).encode("utf-8", "surrogateescape"))
    repository = blake2b(os.fsencode(name), digest_size=_DIGEST)
    return Cache(os.path.join(place, f"{repository.hexdigest()}-{key.hexdigest()[:16]}.history"), key.digest())


def cache_folder() -> str | None:
    """Return where this user's programs keep what can be made anew."""
    told = os.environ.get("KEYLINT_CACHE_DIR")
    if told:
        return os.path.abspath(told)
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        usual = {"darwin": "~/Library/Caches", "win32": os.environ.get("LOCALAPPDATA", "~")}
        base = os.path.expanduser(usual.get(sys.platform, "~/.cache"))
    return os.path.join(base, "keylint") if os.path.isabs(base) else None


def load(cache: Cache, width: int) -> Known:
    """Return what is remembered: nothing, if the file is not there, not ours or not whole. Units: `width` in digits."""
    try:
        data = read_own(cache.file, _LARGEST)
        if data is None:
            return Known()
        with suppress(OSError):
            os.utime(cache.file)
        return _decoded(data, cache.key, width)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Known()


def save(cache: Cache, known: Known) -> None:
    """Remember this instead of what was. Never raises."""
    data = _encoded(known, cache.key)
    if len(data) > _LARGEST:
        return
    if os.urandom(1)[0] % _EVERY == 0:
        with suppress(OSError):
            _evict(os.path.dirname(cache.file), _MOST - len(data))
    write_own(cache.file, data)


def write_own(file: str, data: bytes) -> None:
    """Replace a file by one for its owner alone; whoever reads meanwhile sees the one or the other. Never raises."""
    beside = f"{file}.{os.getpid()}.part"
    folder = os.path.dirname(file)
    try:
        # Of folders that are missing `makedirs` gives its mode to the last one alone.
        for one in (cache_folder() or folder, folder):
            os.makedirs(one, mode=0o700, exist_ok=True)
        if os.urandom(1)[0] % _EVERY == 0:
            _clear_up(folder)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with open(os.open(beside, flags, 0o600), "wb") as stream:
            stream.write(data)
        os.replace(beside, file)
    except OSError:
        with suppress(OSError):
            os.unlink(beside)


def read_own(file: str, most: int) -> bytes | None:
    """Return what a file holds; None if it is another user's, or larger. Raises: OSError. Units: `most` in bytes."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(file, flags), "rb") as stream:
        status = os.fstat(stream.fileno())
        # What somebody else could have written is not believed.
        mine = not hasattr(os, "geteuid") or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)
        is_file = stat.S_ISREG(status.st_mode)
        return stream.read() if mine and is_file and status.st_size <= most else None


def _code() -> Iterator[str]:
    """Yield what tells this program from one that would judge otherwise, be it the same version under development."""
    yield from states(os.path.dirname(os.path.abspath(__file__)))
    yield from libraries()


def states(folder: str) -> Iterator[str]:
    """Yield what tells the files of a folder, and below, from those of another day. Raises: OSError."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            yield from states(entry.path) if entry.name != "__pycache__" else ()
            continue
        try:
            status = entry.stat()
        except FileNotFoundError:  # an editor's lock is a link that leads nowhere
            status = entry.stat(follow_symlinks=False)
        yield f"{entry.name} {status.st_size} {status.st_mtime_ns}"


def libraries() -> Iterator[str]:
    """Yield the names and versions of what texts are read with, as they are installed."""
    installed: set[str] = set()
    for path in sys.path:
        with suppress(OSError):
            installed.update(os.listdir(path or os.curdir))
    yield from sorted(name for name in installed if name.endswith(".dist-info") and name.lower().startswith(_READERS))


def _encoded(known: Known, key: bytes) -> bytes:
    """Return a digest of all that follows, the length of a description, the description, ids and verdicts."""
    import json
    from hashlib import blake2b

    groups: dict[tuple[str, ...], list[str]] = {}
    for object_, paths in known.listed.paths.items():
        groups.setdefault(paths, []).append(object_)
    described = {
        "commits": len(known.listed.commits),
        "groups": [[paths, len(objects)] for paths, objects in groups.items()],
        "loud": sorted(known.listed.loud),
        "submodules": known.listed.submodules,
        "places": sorted(known.brought.places),
        "changes": known.brought.changes,
        "yields": [(digest.hex(), *one) for digest, one in known.yields.items()],
    }
    head = json.dumps(described, separators=(",", ":")).encode("ascii")
    ids = bytes.fromhex("".join((*known.listed.commits, *(one for some in groups.values() for one in some))))
    verdicts = b"".join(digest + value for digest, value in known.verdicts.items())
    body = b"".join((len(head).to_bytes(8, "little"), head, ids, verdicts))
    return _MAGIC + blake2b(body, key=key).digest() + body


def _decoded(data: bytes, key: bytes, width: int) -> Known:
    import json
    from hashlib import blake2b

    start = len(_MAGIC) + blake2b().digest_size
    body = data[start:]
    if not data.startswith(_MAGIC) or data[len(_MAGIC) : start] != blake2b(body, key=key).digest():
        return Known()
    after = 8 + int.from_bytes(body[:8], "little")
    described = json.loads(body[8:after])
    counts = [described["commits"], *(count for _, count in described["groups"])]
    end = after + sum(counts) * width // 2
    ids = body[after:end].hex()
    names = [ids[at : at + width] for at in range(0, len(ids), width)]
    commits = frozenset(names[: counts[0]])
    paths: dict[str, tuple[str, ...]] = {}
    at = counts[0]
    for some, count in described["groups"]:
        paths.update(dict.fromkeys(names[at : at + count], tuple(some)))
        at += count
    return Known(
        Listed(commits, frozenset(described["loud"]), paths, tuple(described["submodules"])),
        Brought(
            frozenset((object_, path) for object_, path in described["places"]),
            tuple((commit, path, object_, tuple(before)) for commit, path, object_, before in described["changes"]),
        ),
        {body[at : at + _DIGEST]: body[at + _DIGEST : at + _RECORD] for at in range(end, len(body), _RECORD)},
        {
            bytes.fromhex(digest): Yield(
                size, tuple((place, fact_of(fact)) for place, fact in facts), tuple(Skip(*skip) for skip in left_out)
            )
            for digest, size, facts, left_out in described["yields"]
        },
    )


def fact_of(described: Sequence[Any]) -> Fact:
    """Return what JSON made of a fact as a fact again; who brought it in is found out anew."""
    target, location, identity, attributes, excerpt, allows, places, *_ = described
    values: dict[str, Value] = {name: tuple(one) if isinstance(one, list) else one for name, one in attributes.items()}
    return Fact(
        target,
        Location(*location),
        identity,
        values,
        Excerpt(*excerpt) if excerpt else None,
        tuple(Allow(tuple(rules), reason, line) for rules, reason, line in allows),
        {name: (Location(*at), Excerpt(*shown) if shown else None) for name, (at, shown) in places.items()},
    )


def _evict(folder: str, room: int) -> None:
    """Make room by what was not used for longest."""
    kept: list[tuple[float, int, str]] = []
    for entry in os.scandir(folder):
        with suppress(FileNotFoundError):  # another run clears up, too
            if entry.name.endswith(".history"):
                status = entry.stat(follow_symlinks=False)
                kept.append((status.st_mtime, status.st_size, entry.path))
    for _, size, file in sorted(kept, reverse=True):
        room -= size
        if room < 0:
            with suppress(FileNotFoundError):
                os.unlink(file)


def _clear_up(folder: str) -> None:
    """Remove what those left behind that were killed."""
    import time

    for entry in os.scandir(folder):
        with suppress(FileNotFoundError):
            if entry.name.endswith(".part") and time.time() - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED:
                os.unlink(entry.path)
