"""What is in an archive, and in those in it, each file examined by the name that reports give it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from keylint.archives import DEEPEST, MEMBER, Archive, Room, archive_of
from keylint.documents.decoding import HEAD
from keylint.model import Excerpt, Fact, Location, Skip
from keylint.recognition.masking import mask_keys, printable

Examine = Callable[[str, bytes], Sequence[Fact | Skip]]


def unpacked(path: str, data: bytes, archive: Archive, examine: Examine) -> list[Fact | Skip]:
    """Return the facts of an archive's members, and what of them was left out.

    `examine` is handed a path as if the archive were a folder, for that is what names mean something in.
    """
    return list(_unpacked((path, path), data, archive, examine, Room(), depth=1))


def _unpacked(
    at: tuple[str, str], data: bytes, archive: Archive, examine: Examine, room: Room, *, depth: int
) -> Iterator[Fact | Skip]:
    """Yield the same; `at` is what the archive is called in reports, and as a folder."""
    for member in archive.members(data, room):
        if not member.name:
            yield Skip(at[0], member.left_out or "unreadable", member.detail)
            continue
        name = printable(mask_keys(member.name.replace("\\", "/")))
        told, place = f"{at[0]}{MEMBER}{name}", f"{at[1]}/{name}"
        if member.left_out is not None:
            yield Skip(told, member.left_out, member.detail)
            continue
        head = member.data[:HEAD]
        inner = archive_of(head) if b"\0" in head else None
        if inner is None:
            yield from (_called(one, told, place) for one in examine(place, member.data))
        elif depth == DEEPEST:
            yield Skip(told, "depth", f"an archive in {DEEPEST} others")
        else:
            yield from _unpacked((told, place), member.data, inner, examine, room, depth=depth + 1)


def _called(one: Fact | Skip, told: str, place: str) -> Fact | Skip:
    if isinstance(one, Skip):
        return one._replace(path=told)

    def moved(location: Location, excerpt: Excerpt | None) -> tuple[Location, Excerpt | None]:
        return location._replace(path=told), excerpt

    attributes = {name: told if value == place else value for name, value in one.attributes.items()}
    places = {name: moved(*where) for name, where in one.places.items()}
    return one._replace(location=one.location._replace(path=told), attributes=attributes, places=places)
