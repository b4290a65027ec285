"""Values that the exchange's own documentation prints: known to everybody, so never a leak.

Each is the first 16 hex digits of the value's SHA-256. Source: binance/binance-spot-api-docs (rest-api.md,
web-socket-api.md, fix-api.md, faqs/api_key_types.md), binance-us/binance-us-api-docs (rest-api.md) and the
responses documented in binance/binance-connector-python, read 2026-11.
"""

from __future__ import annotations

from hashlib import sha256

DIGITS = 16

PUBLIC_EXAMPLES = frozenset(
    (
        "5ba1ed8425baaa72",  # the API key of both documentation repositories
        "23e9efa3ced6e70c",  # its secret
        "6fd2063f1cd370c2",
        "88a07940499df805",
        "3b76d52c45244611",
        "0c1cc8ea05afd55a",
        "9cd8af77c9ba4533",
        "3dc1adcf0fa055b2",
        "6a2f10e571ba3c7f",
        "09e59e63ee59f4f1",
        "3ace0da1f0e32aff",
        "d996d642dd7d8ff1",
        "8988c60ac0be43a2",
        "163479d8466a420a",
        "dda7ecd568b230e7",
        "f70a225fd07a0050",
        "5761ecfd2239d284",
        "fc5a6c54a2079828",
        "e031e4ca7b8238b8",
        "c2242140f15ceee1",
        "5053ebf5ac726b85",  # the Ed25519 private key of fix-api.md
    )
)


def is_public_example(value: str) -> bool:
    """Tell whether a value is printed in the exchange's documentation."""
    return sha256(value.encode()).hexdigest()[:DIGITS] in PUBLIC_EXAMPLES
