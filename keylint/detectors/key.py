"""Keys as config and code describe them: their rights, addresses, age, platforms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import INVENTORY_FILE, Fact, Value
from keylint.recognition.exchange import names_exchange
from keylint.sieve import holds_word

if TYPE_CHECKING:
    from keylint.documents.code.values import Code
    from keylint.recognition.key_blocks import Block, Item

# In lower case: what a block that describes a key cannot do without, as far as no other word tells of it.
_TELLING = (
    b"enablereading",
    b"enable_reading",
    b"enablewithdrawal",
    b"enable_withdrawal",
    b"enablespot",
    b"enable_spot",
    b"enableinternaltransfer",
    b"enable_internal_transfer",
    b"permitsuniversaltransfer",
    b"permits_universal_transfer",
    b"iprestrict",
    b"ip_restrict",
    b"ip-restrict",
    b"withdrawal_address_whitelist",
    b"withdrawaladdresswhitelist",
    b"withdrawal-address-whitelist",
    b"withdrawal_whitelist",
    b"withdrawalwhitelist",
    b"canuniversaltransfer",
    b"can_universal_transfer",
)
_RIGHTS = (
    b"permissions",
    b"scopes",
    b"rights",
    b"cantrade",
    b"can_trade",
    b"canwithdraw",
    b"can_withdraw",
    b"capabilities",
)
_tells, _speaks_of_rights = holds_word(_TELLING), holds_word(_RIGHTS)
# What is counted from a field stands where that does.
_COUNTED = {
    "created": ("age_days",),
    "last_used": ("idle_days",),
    "reviewed": ("reviewed_days",),
    "platforms": ("platform_count",),
}
# What is listed as the keys held is read from the inventory itself, and validated there.


def find(document: Document) -> Iterator[Fact]:
    """Yield a `key` fact for every block that describes one."""
    is_about_keys = document.once(names_exchange) and _speaks_of_rights(document.ascii)
    if not is_about_keys and not _tells(document.ascii):
        return
    if document.path.rpartition("/")[2] == INVENTORY_FILE:
        return
    from keylint.recognition.key_blocks import block_of

    for named, items in _mappings(document):
        block = block_of(named, items, is_about_keys=is_about_keys)
        if block is not None:
            yield _fact(document, block)


def _mappings(document: Document) -> Iterator[tuple[str, Sequence[Item]]]:
    """Yield every mapping of a document with the name it is bound to."""
    from keylint.documents.tree import tree, walk

    found = document.once(tree)
    if found is not None:
        for visit in walk(found.root):
            if visit.node.kind == "mapping":
                name = visit.node.name or next((part for part in reversed(visit.path) if isinstance(part, str)), "")
                yield name, visit.node.children
        return
    from keylint.documents.code import code

    # Code speaks of permissions of all kinds; only what nothing but a key has is worth parsing it for.
    source = document.once(code) if _tells(document.ascii) else None
    if source is not None:
        yield from _code_mappings(source)


def _code_mappings(source: Code) -> Iterator[tuple[str, Sequence[Item]]]:
    from keylint.documents.code.values import Entry

    waiting = list(reversed(source.mappings))
    while waiting:
        entry = waiting.pop()
        if entry.kind == "mapping":
            yield entry.name, entry.children
        waiting.extend(reversed(entry.children))
    for call in source.calls:
        items = [
            argument.entry._replace(name=argument.name, name_start=argument.start, name_end=argument.start)
            if argument.entry is not None
            else Entry(
                "scalar", argument.name, argument.value, argument.start, argument.end, argument.start, argument.start
            )
            for argument in call.arguments
            if argument.name
        ]
        if len(items) > 1:
            yield call.method, items


def _fact(document: Document, block: Block) -> Fact:
    from keylint.recognition.exchange import exchange_in
    from keylint.recognition.masking import quotation
    from keylint.recognition.places import context_of

    context = context_of(document.path)
    exchange = exchange_in(document)
    name = block.attributes.get("id") or document.path.rpartition("/")[2]
    attributes: dict[str, Value] = {
        **block.attributes,
        "id": str(name),
        "exchange": None if exchange == "unknown" else exchange,
        "evidence": "observed",
        "declared": None,
        "context": context,
        # Tests and documentation describe keys that nobody holds.
        "confidence": "low" if context in ("test", "docs") else "high",
    }
    return Fact(
        target="key",
        location=document.location(block.start, block.end),
        identity=f"key {document.path} {name}",
        attributes=attributes,
        excerpt=quotation(document, block.start, block.end),
        places={
            attribute: (document.location(*span), quotation(document, *span))
            for field, span in block.places.items()
            for attribute in (field, *_COUNTED.get(field, ()))
        },
    )


DETECTOR = Detector(find, words=_TELLING)
