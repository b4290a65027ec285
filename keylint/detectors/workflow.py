"""Secrets of the exchange in pipelines of continuous integration: who gets them, and whose code runs beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Confidence, Excerpt, Fact, Location, Skip, Value
from keylint.recognition.pipelines import system_of

if TYPE_CHECKING:
    from keylint.recognition.pipelines.uses import Use
    from keylint.recognition.pipelines.values import Action, Pipeline

# One of these is in every pipeline that has a secret to judge.
_SECRETS = ("secret", "binance", "credentials", "api_key", "apikey", "api-key")


def find(document: Document) -> Iterator[Fact | Skip]:
    """Yield a `workflow` fact for every use of an exchange secret, or of all secrets at once."""
    system = system_of(document.path)
    if system is None or not any(word in document.lowered for word in _SECRETS):
        return
    from importlib import import_module

    pipeline: Pipeline | None
    reader = import_module(f"keylint.recognition.pipelines.{system}")
    if system == "jenkins":
        pipeline = reader.read(document)
    else:
        from keylint.documents.tree import tree

        found = document.once(tree)
        if found is None:
            return
        if found.reason:
            yield Skip(document.path, "undecodable", f"a pipeline that cannot be judged: {found.reason}")
            return
        pipeline = reader.read(document, found.root)
    from keylint.recognition.pipelines.uses import uses

    if pipeline is None:
        return
    seen = list(uses(pipeline))
    knows_secret = any(use.secrets and use.confidence == "high" for use in seen)
    for use in seen:
        yield _fact(document, pipeline, use, _certainty(document, use, knows_secret=knows_secret))


def _certainty(document: Document, use: Use, *, knows_secret: bool) -> Confidence:
    """Return how sure a use is: that of every secret at once as sure as it is that there is one of the exchange."""
    from keylint.recognition.places import context_of

    # A template in a folder of tests or examples is run by nobody.
    folder = document.path.rpartition("/.")[0]
    if folder and context_of(f"{folder}/x") in ("test", "docs"):
        return "low"
    if not use.secrets:
        return "high" if knows_secret else "medium" if "binance" in document.lowered else "low"
    return use.confidence


def _fact(document: Document, pipeline: Pipeline, use: Use, confidence: Confidence) -> Fact:
    from keylint.recognition.masking import quotation

    secrets = use.secrets or "every secret"
    attributes: dict[str, Value] = {
        "trigger": list(pipeline.triggers),
        "checks_out_fork": use.checks_out_fork,
        "secret": secrets,
        "scope": use.scope,
        "inherits": use.inherits,
        "wider_than_needed": use.is_wider,
        "action": use.action.name if use.action else None,
        "action_pinned": use.action.is_pinned if use.action else None,
        "third_party": use.action.is_third_party if use.action else None,
        "because": use.because,
        "confidence": confidence,
    }
    if use.near is not None and use.confidence == confidence:
        attributes["confidence_near_exchange"] = use.near
    return Fact(
        target="workflow",
        location=document.location(use.start, use.end),
        identity=f"workflow {document.path} {use.kind} {use.subject}",
        attributes=attributes,
        excerpt=quotation(document, use.start, use.end),
        places={"action_pinned": _place(document, use.action)} if use.action else {},
    )


def _place(document: Document, action: Action) -> tuple[Location, Excerpt]:
    from keylint.recognition.masking import quotation

    return document.location(action.start, action.end), quotation(document, action.start, action.end)


DETECTOR = Detector(find, wants=lambda path: system_of(path) is not None)
