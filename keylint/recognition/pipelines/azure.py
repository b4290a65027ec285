"""Azure Pipelines: variables that hold exchange secrets, the steps, tasks and templates that get them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from keylint.documents.document import Document
from keylint.documents.tree import Node, get, walk
from keylint.recognition.pipelines.names import claim
from keylint.recognition.pipelines.values import Action, Job, Pipeline, Secret, Step

_MACRO = re.compile(r"\$\((?P<name>[A-Za-z_][\w.-]*)\)|\$\{\{\s*variables\.(?P<inside>\w+)\s*\}\}")
_PIN = re.compile(r"[0-9a-f]{40}")
_SCRIPTS = ("script", "bash", "powershell", "pwsh")


def read(document: Document, root: Node) -> Pipeline:
    """Return what a pipeline says. A secret variable reaches no step that does not map it."""
    others = {
        str(alias.value): repository
        for repository in _children(get(root, "resources", "repositories"))
        if (alias := get(repository, "repository")) is not None
    }
    secrets = tuple(_variables(document, get(root, "variables")))
    jobs = []
    for visit in walk(root):
        node = visit.node
        steps = get(node, "steps") if node.kind == "mapping" else None
        if steps is not None and steps.kind == "sequence":
            own = tuple(_variables(document, get(node, "variables"))) if visit.parent is not None else ()
            label = get(node, "job") or get(node, "deployment")
            name = str(label.value) if label is not None else ""
            jobs.append(Job(name, own, tuple(_step(document, step, others) for step in steps.children)))
        elif node.kind == "mapping" and get(node, "template") is not None and "steps" not in visit.path:
            jobs.append(Job("", (), (_step(document, node, others),)))
    return Pipeline(tuple(_triggers(root)), secrets, tuple(jobs))


def _step(document: Document, node: Node, others: Mapping[str, Node]) -> Step:
    secrets = tuple(
        secret
        for name in ("env", "inputs", "parameters", *_SCRIPTS)
        for secret in _read(document, get(node, name), is_given_away=name in ("inputs", "parameters"))
    )
    script = next((one for name in _SCRIPTS if (one := get(node, name)) is not None), None)
    written = document.text[script.start : script.end] if script is not None else ""
    return Step(document.text[node.start : node.end], written, _action(node, others), secrets)


def _read(document: Document, node: Node | None, *, is_given_away: bool) -> Iterator[Secret]:
    for visit in walk(node) if node is not None else ():
        if visit.node.kind == "scalar" and isinstance(visit.node.value, str):
            yield from _named(document, visit.node, visit.node.name, is_given_away=is_given_away)


def _named(document: Document, node: Node, variable: str, *, is_given_away: bool = False) -> Iterator[Secret]:
    seen = set()
    for match in _MACRO.finditer(document.text, node.start, node.end):
        name = match["name"] or match["inside"]
        bound = "" if variable in _SCRIPTS else variable
        speaks = "binance" in document.lowered
        held = claim(name, bound, speaks_of_exchange=speaks, is_given_away=is_given_away)
        if held is not None and name not in seen:
            seen.add(name)
            yield Secret(name, bound, match.start(), match.end(), held.confidence, held.because, held.near)


def _variables(document: Document, node: Node | None) -> Iterator[Secret]:
    """Yield what variables take over from secret ones, which every step then gets. A group alone gives nothing."""
    for child in _children(node):
        name, value = (get(child, "name"), get(child, "value")) if child.kind == "mapping" else (None, child)
        if value is not None and value.kind == "scalar":
            yield from _named(document, value, str(name.value) if name is not None else child.name)


def _action(node: Node, others: Mapping[str, Node]) -> Action | None:
    task, template = get(node, "task"), get(node, "template")
    if task is not None and isinstance(task.value, str):
        name = task.value.partition("@")[0]
        # One of the marketplace is written publisher.extension.task; none can be pinned but by its major version.
        return Action(name, task.start, task.end, False, name.count(".") > 1)
    if template is None or not isinstance(template.value, str):
        return None
    name, _, alias = template.value.partition("@")
    repository = others.get(alias)
    if repository is None:
        return Action(name, template.start, template.end, True, False)
    kind, ref, whose = (get(repository, key) for key in ("type", "ref", "name"))
    pinned = ref is not None and _PIN.search(str(ref.value)) is not None
    is_others = kind is not None and kind.value != "git"
    shown = f"{whose.value}/{name}" if whose is not None else name
    return Action(shown, template.start, template.end, pinned, is_others)


def _triggers(root: Node) -> Iterator[str]:
    for name in ("trigger", "pr", "schedules"):
        node = get(root, name)
        if node is not None and node.value != "none":
            yield name


def _children(node: Node | None) -> tuple[Node, ...]:
    return node.children if node is not None else ()
