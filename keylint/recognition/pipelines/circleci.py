"""CircleCI: jobs that name exchange secrets or get a context named for it, and orbs that run beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from keylint.data import load
from keylint.documents.document import Document
from keylint.documents.tree import Node, get, walk
from keylint.recognition import vocabulary
from keylint.recognition.pipelines.gitlab import named
from keylint.recognition.pipelines.names import claim
from keylint.recognition.pipelines.values import Action, Job, Pipeline, Secret, Step

# A version of an orb in full is never published twice.
_PIN = re.compile(r"@\d+\.\d+\.\d+$")


def read(document: Document, root: Node) -> Pipeline:
    """Return what a configuration says. A job is the least that gets a context or the project's variables."""
    orbs = {node.name: node.value for node in _children(get(root, "orbs")) if isinstance(node.value, str)}
    jobs = [_job(document, node, orbs) for node in _children(get(root, "jobs")) if node.kind == "mapping"]
    triggers: dict[str, None] = {}
    for workflow in _children(get(root, "workflows")):
        for trigger in _children(get(workflow, "triggers")):
            triggers.update(dict.fromkeys(child.name for child in trigger.children))
        jobs += _calls(document, workflow, orbs)
    return Pipeline(tuple(triggers), (), tuple(jobs), is_narrowable=False)


def _job(document: Document, node: Node, orbs: Mapping[str, str]) -> Job:
    secrets = tuple(_secrets(document, node))
    steps = []
    for step in _children(get(node, "steps")):
        call = step if step.kind == "scalar" else next(iter(step.children), None)
        if call is None:
            continue
        text = document.text[step.start : step.end]
        span = (call.start, call.end) if step.kind == "scalar" else (call.name_start, call.name_end)
        steps.append(Step(text, action=_action(str(call.value) if step.kind == "scalar" else call.name, span, orbs)))
    return Job(node.name, secrets, tuple(steps))


def _calls(document: Document, workflow: Node, orbs: Mapping[str, str]) -> Iterator[Job]:
    """Yield the jobs that a workflow starts with parameters: contexts, and what orbs get."""
    for item in _children(get(workflow, "jobs")):
        for call in item.children if item.kind == "mapping" else ():
            secrets = [*_secrets(document, call), *_contexts(get(call, "context"))]
            action = _action(call.name, (call.name_start, call.name_end), orbs)
            text = document.text[call.start : call.end]
            yield Job(call.name, tuple(secrets), (Step(text, action=action),))


def _secrets(document: Document, node: Node) -> Iterator[Secret]:
    """Yield the exchange secrets that a job or call expands, or names as a parameter, each once."""
    speaks = "binance" in document.lowered
    seen = set()
    for visit in walk(node):
        value = visit.node.value
        if visit.node.kind != "scalar" or not isinstance(value, str):
            continue
        found = list(named(document, visit.node, "", speaks=speaks))
        if value.isupper() and value.isidentifier() and vocabulary.names_exchange(value):
            held = claim(value, "", speaks_of_exchange=speaks)
            if held is not None:
                span = visit.node.start, visit.node.end
                found.append(Secret(value, "", *span, held.confidence, held.because, held.near))
        for secret in found:
            if secret.name not in seen:
                seen.add(secret.name)
                yield secret


def _contexts(node: Node | None) -> Iterator[Secret]:
    for one in (node, *_children(node)) if node is not None else ():
        if isinstance(one.value, str) and vocabulary.names_exchange(one.value):
            because = f"the context `{one.value}` is named for the exchange"
            yield Secret(one.value, "", one.start, one.end, "high", because)


def _action(name: str, span: tuple[int, int], orbs: Mapping[str, str]) -> Action | None:
    orb = orbs.get(name.partition("/")[0])
    if orb is None:
        return None
    owner = orb.partition("/")[0]
    others = owner not in load("pipelines")["platform_owners"]["circleci"]
    return Action(orb.partition("@")[0], *span, _PIN.search(orb) is not None, others)


def _children(node: Node | None) -> tuple[Node, ...]:
    return node.children if node is not None else ()
