"""The inventory that `keylint init` begins: an entry to fill in for every key that the code here reads."""

from __future__ import annotations

from collections.abc import Iterable

from keylint.model import Fact, Location
from keylint.reporters._wording import plural, visible

# Comments all of it: a key of which nothing is known yet would be judged as one that may do anything from anywhere.
_HEAD = """\
# yaml-language-server: $schema={schema}
# The keys that this repository uses: what each may do, and who answers for it. Never write a key or a secret here.
# Fill in an entry, take it out of its comment, and write `keys:` above the first instead of `keys: []`.
keys: []
"""
_ENTRY = """
#  - id: {id}
#    stored_in: {stored_in}  # read at {readers}
#    purpose: trading-bot
#    permissions: [read]                   # of read, spot_trade and withdraw
#    created: {day}
#    reviewed: {day}
#    ip_whitelist: []                      # 203.0.113.7/32: the addresses that may use it
#    withdrawal_address_whitelist: false
#    two_factor: authenticator             # of authenticator, passkey, sms and none
#    platforms: []                         # whom it is shared with
#    owner: "@somebody"
"""


def stub(keys: Iterable[Fact], schema: str, day: str) -> str:
    """Return the text of an inventory that lists nothing yet, with an entry to fill in for each key.

    Shape: `keys` are `key` facts of what is in use, several of the same key among them.
    """
    places: dict[str, list[Location]] = {}
    for key in keys:
        places.setdefault(str(key.attributes["stored_in"]), []).append(key.location)
    return _HEAD.format(schema=schema) + "".join(
        _ENTRY.format(id=_id(stored_in), day=day, stored_in=stored_in, readers=_readers(sorted(where)))
        for stored_in, where in sorted(places.items())
    )


def _id(stored_in: str) -> str:
    return stored_in.rpartition(":")[2].lower().replace("_", "-")


def _readers(places: list[Location]) -> str:
    more = f" and {plural(len(places) - 1, 'more place')}" if len(places) > 1 else ""
    return f"{visible(places[0].path)}:{places[0].line}{more}"
