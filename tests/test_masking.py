"""No output ever holds more than the first 4 and the last 2 characters of a secret."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from keylint.documents.document import Document
from keylint.policy.placeholders import expand
from keylint.recognition.masking import excerpt, mask, mask_opaque

SECRETS = [
    expand(text) for text in ("{{key:m1}}", "{{secret:m2}}", "{{base64data:90:m3}}", "{{ed25519:m4}}", "{{hex128:m5}}")
]
# Text that cannot itself be part of a secret's characters in a row.
BETWEEN = st.text(st.sampled_from(" '\",:;()[]é\t"), min_size=1, max_size=200)


def leaked(text: str, secret: str) -> bool:
    """Tell whether 5 characters of a secret in a row stand in a text, apart from its mask's 4 and 2."""
    return any(secret[at : at + 5] in text for at in range(len(secret) - 4))


@given(st.lists(st.tuples(BETWEEN, st.sampled_from(SECRETS)), min_size=1, max_size=6), st.integers(0, 5), BETWEEN)
def test_excerpts_mask_every_secret_of_the_line(parts: list[tuple[str, str]], place: int, end: str) -> None:
    text = "".join(before + secret for before, secret in parts) + end
    start = sum(len(before) + len(secret) for before, secret in parts[: place % len(parts)])
    start += len(parts[place % len(parts)][0])
    secret = parts[place % len(parts)][1]
    shown = excerpt(Document("file", text), start, start + len(secret))
    assert not any(leaked(shown.text, other) for _, other in parts)
    assert shown.text[shown.start : shown.start + shown.width] == mask(secret)


@given(st.text(max_size=100), st.sampled_from(SECRETS), st.text(max_size=100))
def test_opaque_runs_are_masked_anywhere(before: str, secret: str, after: str) -> None:
    assert not leaked(mask_opaque(f"{before} {secret} {after}"), secret) or leaked(before + after, secret)


def test_short_secrets_are_not_shown_at_all() -> None:
    assert mask("hunter2") == "…"


def test_an_armour_is_shown_by_its_header() -> None:
    text = expand('KEY = """{{pem:PRIVATE KEY:shown}}"""')
    shown = excerpt(Document("file", text), 9, text.rindex('"""'))
    assert shown.text == 'KEY = """-----BEGIN PRIVATE KEY-----…'
