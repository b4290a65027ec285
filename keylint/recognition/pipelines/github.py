"""GitHub Actions, and the forges that read the same: workflows, reusable ones and composite actions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from keylint.data import load
from keylint.documents.document import Document
from keylint.documents.tree import Node, get
from keylint.model import Confidence
from keylint.recognition.pipelines import scripts
from keylint.recognition.pipelines.names import claim
from keylint.recognition.pipelines.values import Action, Handed, Head, Job, Pipeline, Scope, Secret, Step

_EXPRESSION = re.compile(r"\$\{\{(?P<inside>.*?)\}\}", re.DOTALL)
_SECRET = re.compile(
    r"\b(?P<of>secrets|inputs)(?:\.(?P<name>[A-Za-z_][\w-]*)|\[\s*['\"](?P<index>[\w-]+)['\"]\s*\])", re.IGNORECASE
)
_ENV = re.compile(r"\benv(?:\.(?P<name>[A-Za-z_]\w*)|\[\s*['\"](?P<index>\w+)['\"]\s*\])")
_EVERY = re.compile(
    r"\btoJSON\(\s*secrets\s*\)|\bsecrets\s*\[(?!\s*['\"][\w-]+['\"]\s*\])|\bsecrets\.\*", re.IGNORECASE
)
_OUTPUT = re.compile(r"\b(?:steps|needs)\.[\w-]+\.outputs\.(?P<name>[\w-]+)")
_OUTPUT_OF_HEAD = re.compile(r"(?i)head|pr[_-]?(?:sha|ref|branch|number)|^(?:sha|ref|branch)$|pull")
_BRANCH = re.compile(r"^\$\{\{\s*(?:github\.head_ref|[\w.]+\.head\.ref|[\w.]+\.head_branch)\b")
_PIN = re.compile(r"@(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|sha256:[0-9a-fA-F]{64})$")
_RUN_ID = re.compile(r"workflow_run\.id")
_RUN_DOWNLOAD = re.compile(r"\bgh[ \t]+run[ \t]+download\b[^\n;&|]{0,200}")
_SCRIPT_DOWNLOAD = re.compile(r"\bdownloadArtifact\b")
# Where conditions let no stranger through, in lower case without blanks.
_SAFE = re.compile(
    r"head\.repo\.full_name==github\.repository|github\.repository==github\.event\.pull_request\.head\.repo\.full_name"
    r"|head\.repo\.fork==false|head\.repo\.fork!=true|!github\.event\.pull_request\.head\.repo\.fork"
    r"|head\.repo\.owner\.login==(?:github\.repository_owner|'[^']*')|head\.repo\.full_name=='[^']*'"
    r"|head\.repo\.id==github\.repository_id"
    r"|head_repository\.full_name==github\.repository|head_repository\.fork==false|!github\.event\.workflow_run\.head_repository\.fork"
    r"|workflow_run\.event=='(?!pull_request)[^']*'|workflow_run\.event!='pull_request'"
    r"|github\.event_name=='(?!pull_request_target|workflow_run|issue_comment)[^']*'"
    r"|github\.event\.pull_request\.merged(?:==true|&&|\)|$)"
)
_NOT_EVENT = re.compile(r"github\.event_name!='(pull_request_target|workflow_run|issue_comment)'")
_IS_EVENT = re.compile(r"github\.event_name=='(pull_request_target|workflow_run|issue_comment)'")
# Where they let through what somebody with rights has asked for.
_ASKED = re.compile(
    r"labels?\b|author_association|github\.actor==|triggering_actor==|user\.login==|sender\.login==|"
    r"fromjson\(.*(?:actor|login)|contains\(.*(?:actor|login)"
)


class _Scope(NamedTuple):
    """What holds where a node stands: the names that the environment gives to exchange secrets and to heads."""

    secrets: Mapping[str, Secret]
    heads: frozenset[str]


_NOTHING = _Scope({}, frozenset())


class _Reader:
    """Reads one file. `is_action`: a composite action, whose secrets come in as inputs."""

    def __init__(self, document: Document, root: Node) -> None:
        self.text = document.text
        self.speaks = "binance" in document.lowered
        self.triggers = _triggers(root)
        self.strangers = tuple(name for name in self.triggers if name in load("pipelines")["strangers_events"])
        self.handed: list[Handed] = []

    def pipeline(self, root: Node) -> Pipeline:
        runs = get(root, "runs")
        if runs is not None:
            return self._composite(runs)
        secrets, scope = self._environment(get(root, "env"), _NOTHING, "workflow", "")
        nodes = {node.name: node for node in _children(get(root, "jobs")) if node.kind == "mapping"}
        jobs = tuple(self._job(node, nodes, scope) for node in nodes.values())
        return Pipeline(self.triggers, secrets, jobs, tuple(self.handed))

    def _composite(self, runs: Node) -> Pipeline:
        steps = tuple(self._step(node, _NOTHING, "", self._text(runs)) for node in _children(get(runs, "steps")))
        return Pipeline((), (), (Job("", (), steps),), tuple(self.handed))

    def _job(self, node: Node, jobs: Mapping[str, Node], outer: _Scope) -> Job:
        name = node.name
        gate, gated_by = self._gate(node, jobs)
        uses = get(node, "uses")
        if uses is not None:
            return Job(name, (), (self._call(node, uses, name, outer),), gate, gated_by, is_call=True)
        secrets, scope = self._environment(get(node, "env"), outer, "job", name)
        nodes = _children(get(node, "steps"))
        steps = [self._step(step, scope, name, self._text(node)) for step in nodes if step.kind == "mapping"]
        # What a container of the job gets, nothing else does.
        for holder in (get(node, "container"), *_children(get(node, "services"))):
            if holder is not None and holder.kind == "mapping":
                given = self._given(get(holder, "env"), scope, "step", name)
                if given:
                    steps.append(Step(self._text(holder), secrets=given))
        return Job(name, secrets, tuple(steps), gate, gated_by)

    def _call(self, node: Node, uses: Node, job: str, scope: _Scope) -> Step:
        """Read a job that is another file's workflow."""
        action = self._action(uses)
        handed = get(node, "secrets")
        secrets: tuple[Secret, ...] = ()
        if handed is not None and handed.kind == "scalar" and handed.value == "inherit":
            self.handed.append(Handed(handed.start, handed.end, "`secrets: inherit`", "job", job, action))
        else:
            secrets = self._given(handed, scope, "job", job, is_given_away=_is_others(action))
        secrets += self._given(get(node, "with"), scope, "job", job, is_given_away=_is_others(action))
        return Step(
            self._text(node), action=action, secrets=secrets, is_local=action is not None and not _is_others(action)
        )

    def _step(self, node: Node, outer: _Scope, job: str, around: str) -> Step:
        handed = len(self.handed)
        given, scope = self._environment(get(node, "env"), outer, "step", job)
        uses, run, with_ = get(node, "uses"), get(node, "run"), get(node, "with")
        action = self._action(uses) if uses is not None else None
        secrets = given + self._given(with_, scope, "step", job, is_given_away=_is_others(action))
        script = ""
        if run is not None and run.kind == "scalar":
            script = self._text(run)
            secrets += self._read(run, "", scope, "step", job)
        self.handed[handed:] = [one._replace(action=action) for one in self.handed[handed:]]
        guarded = self._strangers_pass(get(node, "if")) is None
        heads = () if guarded or not self.strangers else tuple(self._heads(node, action, with_, run, scope, around))
        return Step(self._text(node), script, action, secrets, heads, action is not None and _is_own(action.name))

    def _environment(
        self, env: Node | None, outer: _Scope, scope: Scope, job: str
    ) -> tuple[tuple[Secret, ...], _Scope]:
        secrets = self._given(env, outer, scope, job)
        named = {secret.variable: secret for secret in secrets if secret.variable}
        heads = {
            child.name
            for child in _children(env)
            if child.kind == "scalar" and self._is_head(self._text(child), outer, "")
        }
        if not named and not heads:
            return secrets, outer
        return secrets, _Scope({**outer.secrets, **named}, outer.heads | heads)

    def _given(
        self, node: Node | None, outer: _Scope, scope: Scope, job: str, *, is_given_away: bool = False
    ) -> tuple[Secret, ...]:
        """Return the exchange secrets that a mapping of names gives away."""
        return tuple(
            secret
            for child in _children(node)
            if child.kind == "scalar"
            for secret in self._read(child, child.name, outer, scope, job, is_given_away=is_given_away)
        )

    def _read(
        self, node: Node, variable: str, outer: _Scope, scope: Scope, job: str, *, is_given_away: bool = False
    ) -> tuple[Secret, ...]:
        """Return the exchange secrets that the expressions of a value name."""
        found = []
        # In a text of several lines each has a name of its own.
        is_long = "\n" in self.text[node.start : node.end]
        for expression in _EXPRESSION.finditer(self.text, node.start, node.end):
            start, inside = expression.start("inside"), expression["inside"]
            every = _EVERY.search(inside)
            if every:
                how = f"`{every[0]}`" if every[0].endswith(")") else "`secrets[…]`"
                self.handed.append(Handed(start + every.start(), start + every.end(), how, scope, job))
            for match in _SECRET.finditer(inside):
                name = match["name"] or match["index"]
                bound = "" if is_long else variable
                is_input = match["of"].lower() == "inputs"
                held = claim(name, bound, speaks_of_exchange=self.speaks, is_given_away=is_given_away or is_input)
                if held is not None and not (is_input and held.confidence != "high"):
                    span = start + match.start(), start + match.end()
                    found.append(Secret(name, variable, *span, held.confidence, held.because, held.near))
            for match in _ENV.finditer(inside):
                known = outer.secrets.get(match["name"] or match["index"])
                if known is not None and variable:
                    span = start + match.start(), start + match.end()
                    found.append(known._replace(variable=variable, start=span[0], end=span[1]))
        return tuple(found)

    def _action(self, uses: Node) -> Action | None:
        name = uses.value
        if uses.kind != "scalar" or not isinstance(name, str) or not name.strip():
            return None
        name = name.strip()
        owner = name.partition("/")[0].lower()
        is_others = not _is_own(name) and owner not in _platform()
        shown = name.partition("@")[0]
        return Action(shown, uses.start, uses.end, _is_own(name) or _PIN.search(name) is not None, is_others)

    def _heads(  # noqa: PLR0917  the parts of one step
        self, node: Node, action: Action | None, with_: Node | None, run: Node | None, scope: _Scope, around: str
    ) -> Iterator[Head]:
        if action is not None and action.name.lower() == "actions/checkout":
            for name in ("ref", "repository"):
                given = get(with_, name) if with_ is not None else None
                if given is not None and given.kind == "scalar" and self._is_head(self._text(given), scope, around):
                    because = f"`{name}` of actions/checkout is what a stranger proposes"
                    has_repository = with_ is not None and get(with_, "repository") is not None
                    certainty = _certainty(self._text(given), has_repository=has_repository)
                    yield Head(given.start, given.end, certainty, because)
                    break
        elif action is not None and "workflow_run" in self.strangers:
            yield from self._downloads(node, action, with_)
        if run is not None and run.kind == "scalar":
            script = self._text(run)
            written = _resolved(script)
            for start, end in scripts.heads(written, scope.heads):
                because = f"`{' '.join(script[start:end].split())[:60]}` takes what a stranger proposes"
                yield Head(run.start + start, run.start + end, "high", because)
            if "workflow_run" in self.strangers:
                for match in _RUN_DOWNLOAD.finditer(script):
                    if "workflow_run" in script or "workflow_run" in self._text(node):
                        span = run.start + match.start(), run.start + match.end()
                        yield Head(*span, "medium", "the artifact is what a stranger's run made", ("./", "*"))

    def _downloads(self, node: Node, action: Action, with_: Node | None) -> Iterator[Head]:
        name = action.name.lower()
        is_download = name in load("pipelines")["artifact_actions"] or (
            name == "actions/github-script" and _SCRIPT_DOWNLOAD.search(self._text(node)) is not None
        )
        if not is_download or not (_RUN_ID.search(self._text(node)) or name.startswith("dawidd6/")):
            return
        given = [get(with_, key) if with_ is not None else None for key in ("path", "name")]
        only = tuple(str(one.value).strip("./ ") for one in given if one is not None and one.kind == "scalar")
        because = f"{action.name} fetches what a stranger's run made"
        yield Head(action.start, action.end, "medium", because, tuple(filter(None, only)))

    def _is_head(self, text: str, scope: _Scope, around: str) -> bool:
        if scripts.HEAD.search(text):
            return True
        if any((match["name"] or match["index"]) in scope.heads for match in _ENV.finditer(text)):
            return True
        # An earlier step has looked it up.
        output = _OUTPUT.search(text) if around and "issue_comment" in self.strangers else None
        return output is not None and _OUTPUT_OF_HEAD.search(output["name"]) is not None

    def _gate(self, node: Node, jobs: Mapping[str, Node]) -> tuple[Confidence | None, str]:
        """Return how sure it is that strangers start a job, and what might stop them."""
        asked = ""
        waiting, seen = [node], {node.name}
        while waiting:
            one = waiting.pop()
            passing = self._strangers_pass(get(one, "if"))
            if passing is None:
                return None, ""
            asked = asked or passing
            if get(one, "environment") is not None:
                asked = asked or "unless its environment waits for a review"
            needs = get(one, "needs")
            for need in (needs, *_children(needs)) if needs is not None else ():
                if isinstance(need.value, str) and need.value in jobs and need.value not in seen:
                    seen.add(need.value)
                    waiting.append(jobs[need.value])
        return ("medium" if asked else "high"), asked

    def _strangers_pass(self, condition: Node | None) -> str | None:
        """Return what strangers have to wait for under a condition, if anything; None if they never pass."""
        if condition is None or not isinstance(condition.value, str):
            return ""
        compact = "".join(self._text(condition).lower().split())
        asked = ""
        for part in compact.split("||"):
            if _SAFE.search(part) or self._excludes(part):
                continue
            if not _ASKED.search(part):
                return ""
            asked = "once somebody has let it, whatever is pushed after that"
        return asked or None

    def _excludes(self, part: str) -> bool:
        """Tell whether a condition names events such that none of a stranger's is left."""
        excluded = set(_NOT_EVENT.findall(part))
        named = set(_IS_EVENT.findall(part))
        left = set(self.strangers) - excluded
        return bool(self.strangers) and not (left & named if named else left)

    def _text(self, node: Node) -> str:
        return self.text[node.start : node.end]


def read(document: Document, root: Node) -> Pipeline:
    """Return what a workflow or a composite action says."""
    return _Reader(document, root).pipeline(root)


def _triggers(root: Node) -> tuple[str, ...]:
    on = get(root, "on")
    if on is None:
        return ()
    if on.kind == "scalar":
        return (str(on.value),)
    names = (child.name if on.kind == "mapping" else child.value for child in on.children)
    return tuple(name for name in names if isinstance(name, str) and name)


def _children(node: Node | None) -> tuple[Node, ...]:
    return node.children if node is not None else ()


def _resolved(script: str) -> str:
    """Put `$NAME` in the place of `${{ env.NAME }}`, at the same offsets."""

    def written(match: re.Match[str]) -> str:
        inside = _ENV.fullmatch(match["inside"].strip())
        return f"${inside['name'] or inside['index']}".ljust(len(match[0])) if inside else match[0]

    return _EXPRESSION.sub(written, script)


def _certainty(ref: str, *, has_repository: bool) -> Confidence:
    """Return how sure it is that a checkout takes a stranger's code: a branch's name alone is looked for at home."""
    return "medium" if _OUTPUT.search(ref) or (_BRANCH.search(ref) and not has_repository) else "high"


def _is_own(name: str) -> bool:
    """Tell whether an action is a folder of the repository itself."""
    return name.startswith(("./", "../", "$/"))


def _is_others(action: Action | None) -> bool:
    return action is not None and action.is_third_party


@cache
def _platform() -> frozenset[str]:
    return frozenset(load("pipelines")["platform_owners"]["github"])
