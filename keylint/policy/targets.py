"""The attributes that a fact of each target has: what a rule may speak of."""

from __future__ import annotations

TARGETS: dict[str, frozenset[str]] = {
    "credential": frozenset(
        (
            "kind",
            "label",
            "confidence",
            "because",
            "name",
            "encoding",
            "public_example",
            "placeholder",
            "encrypted",
            "exchange",
            "context",
            "digest",
        )
    ),
    "file": frozenset(("path", "role", "tracked", "secrets", "names")),
}
