"""GitLab CI: jobs that name exchange secrets, and files of others that are included and get every variable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.documents.tree import Node, get, walk
from keylint.recognition.pipelines import scripts
from keylint.recognition.pipelines.names import claim
from keylint.recognition.pipelines.values import Action, Handed, Job, Pipeline, Secret, Step

_GLOBAL = frozenset("stages variables include default workflow image services cache before_script after_script".split())
_SOURCE = re.compile(r"\$CI_PIPELINE_SOURCE\s*==\s*[\"'](?P<source>\w+)")
_PIN = re.compile(r"@[0-9a-f]{40}$")
_OWN = re.compile(r"\$\{?CI_PROJECT_(?:PATH|NAMESPACE|ROOT_NAMESPACE)\b")
_PLATFORM = re.compile(r"^(?:gitlab\.com|\$\{?CI_SERVER_(?:FQDN|HOST)\}?)/components/")


def read(document: Document, root: Node) -> Pipeline:
    """Return what a pipeline says. Variables of the project reach all of it: none can be bound more narrowly."""
    speaks = "binance" in document.lowered
    given = _literals(root)

    def secrets(node: Node) -> Iterator[Secret]:
        for visit in walk(node):
            if visit.node.kind == "scalar" and isinstance(visit.node.value, str):
                variable = visit.node.name
                yield from named(document, visit.node, variable, speaks=speaks, without=given)

    jobs = []
    outside: list[Secret] = []
    for node in root.children:
        if node.name in _GLOBAL or node.kind != "mapping":
            outside += secrets(node) if node.name != "include" else ()
        else:
            text = document.text[node.start : node.end]
            jobs.append(Job(node.name, (), (Step(text, secrets=tuple(secrets(node))),)))
    handed: tuple[Handed, ...] = ()
    if outside or any(step.secrets for job in jobs for step in job.steps):
        handed = tuple(
            Handed(action.start, action.end, f"`include` of {action.name}", "workflow", "", action, is_choice=False)
            for action in _included(get(root, "include"))
        )
    return Pipeline(_triggers(document, root), tuple(outside), tuple(jobs), handed, is_narrowable=False)


def named(
    document: Document, node: Node, variable: str, *, speaks: bool, without: frozenset[str] = frozenset()
) -> Iterator[Secret]:
    """Yield the exchange secrets that a value expands, each once."""
    seen = set()
    for match in scripts.expansions(document.text, node.start, node.end):
        name = scripts.variable(match)
        if name in seen or name in without:
            continue
        seen.add(name)
        held = claim(name, "" if "\n" in str(node.value) else variable, speaks_of_exchange=speaks)
        if held is None and variable:
            held = claim(name, "", speaks_of_exchange=speaks)
        if held is not None:
            yield Secret(name, variable, match.start(), match.end(), held.confidence, held.because, held.near)


def _literals(root: Node) -> frozenset[str]:
    """Return the variables that the file itself gives a value: they are no secrets."""
    return frozenset(
        visit.node.name
        for visit in walk(root)
        if "variables" in visit.path and visit.node.kind == "scalar" and "$" not in str(visit.node.value)
    )


def _included(node: Node | None) -> Iterator[Action]:
    if node is None:
        return
    for item in node.children if node.kind == "sequence" else (node,):
        if item.kind == "scalar":
            name = str(item.value)
            if name.startswith(("https://", "http://")):
                yield Action(name, item.start, item.end, False, True)
            continue
        remote, component, project = (get(item, name) for name in ("remote", "component", "project"))
        if remote is not None:
            yield Action(str(remote.value), remote.start, remote.end, get(item, "integrity") is not None, True)
        elif component is not None:
            name = str(component.value)
            others = not _OWN.search(name) and not _PLATFORM.search(name)
            yield Action(name.partition("@")[0], component.start, component.end, bool(_PIN.search(name)), others)
        elif project is not None:
            ref = get(item, "ref")
            pinned = ref is not None and _PIN.search(f"@{ref.value}") is not None
            yield Action(str(project.value), project.start, project.end, pinned, False)


def _triggers(document: Document, root: Node) -> tuple[str, ...]:
    found = dict.fromkeys(match["source"] for match in _SOURCE.finditer(document.text))
    for visit in walk(root):
        if visit.path[-2:-1] == ("only",) and isinstance(visit.node.value, str):
            found.setdefault(visit.node.value)
    return tuple(found)[:10]
