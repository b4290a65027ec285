"""Jenkins: the blocks of a Jenkinsfile that bind credentials, by the text alone."""

from __future__ import annotations

import re
from typing import NamedTuple

from keylint.documents.document import Document
from keylint.recognition.pipelines.names import claim
from keylint.recognition.pipelines.values import Job, Pipeline, Secret, Step

_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)|'''.*?(?:'''|\Z)|\"\"\".*?(?:\"\"\"|\Z)|'(?:[^'\\\n]|\\.)*'?|\"(?:[^\"\\\n]|\\.)*\"?"
    r"|(?P<brace>[{}])",
    re.DOTALL,
)
_NAME = re.compile(r"\w{1,100}\Z")
# How far before a brace the head of its block begins at most, and of how many blocks there is one.
_LOOK = 1000
_MOST_BLOCKS = 5000
_BOUND = re.compile(r"(?P<variable>[A-Za-z_]\w*)\s*=\s*credentials\(\s*['\"](?P<id>[^'\"\n]{1,200})['\"]\s*\)")
_WITH = re.compile(
    r"\b(?:string|usernamePassword|file|usernameColonPassword|vaultString)\s*\((?P<inside>[^()]{0,500})\)"
)
_ID = re.compile(r"\bcredentialsId\s*:\s*['\"](?P<id>[^'\"\n]{1,200})['\"]")
_VARIABLE = re.compile(r"\b(?:variable|passwordVariable)\s*:\s*['\"](?P<variable>\w{1,200})['\"]")
_SHELL = re.compile(
    r"\b(?:sh|bat|powershell|pwsh)\b\s*\(?\s*(?:script\s*:\s*)?"
    r"(?:'''(?P<a>.*?)'''|\"\"\"(?P<b>.*?)\"\"\"|'(?P<c>[^'\n]*)'|\"(?P<d>[^\"\n]*)\")",
    re.DOTALL,
)
_TRIGGER = re.compile(r"\b(githubPush|cron|pollSCM|upstream|issueCommentTrigger|changeRequest)\s*\(")


class _Block(NamedTuple):
    name: str
    header: int
    start: int
    end: int
    stage: int  # the innermost stage around it, as its place in the list; -1 outside


def read(document: Document) -> Pipeline:
    """Return what a Jenkinsfile says. Whether forks are built, and trusted, is a setting of the server."""
    text = _TOKEN.sub(_without_comment, document.text)
    speaks = "binance" in document.lowered
    blocks = _blocks(text)
    secrets: list[Secret] = []
    by_stage: dict[int, list[Secret]] = {}
    by_step: dict[int, list[Secret]] = {}
    for block in blocks:
        if block.name == "environment":
            for match in _BOUND.finditer(text, block.start, block.end):
                secret = _secret(match["id"], match["variable"], match.span("id"), speaks=speaks)
                if secret is not None:
                    (secrets if block.stage < 0 else by_stage.setdefault(block.stage, [])).append(secret)
        elif block.name == "withCredentials":
            for match in _WITH.finditer(text, block.header, block.start):
                found, variable = _ID.search(match["inside"]), _VARIABLE.search(match["inside"])
                if found is None:
                    continue
                start = match.start("inside") + found.start("id")
                name = variable["variable"] if variable else ""
                secret = _secret(found["id"], name, (start, start + len(found["id"])), speaks=speaks)
                if secret is not None:
                    by_step.setdefault(block.stage, []).append(secret)
    stages = {block.stage for block in blocks if block.name == "steps"} | {*by_stage, *by_step}
    jobs = tuple(
        _job(text, blocks[place] if place >= 0 else None, by_stage.get(place, []), by_step.get(place, []))
        for place in sorted(stages)
    )
    triggers = tuple(dict.fromkeys(match[1] for match in _TRIGGER.finditer(text)))
    return Pipeline(triggers, tuple(secrets), jobs)


def _job(text: str, stage: _Block | None, bound: list[Secret], used: list[Secret]) -> Job:
    start, end = (stage.start, stage.end) if stage is not None else (0, len(text))
    name = text[stage.header : stage.start].strip(" {\n") if stage is not None else ""
    script = "\n".join(next(filter(None, match.groups()), "") for match in _SHELL.finditer(text, start, end))
    # The steps of a stage share what the stage is bound to: it is as narrow as such a binding gets.
    return Job(name, tuple(bound), (Step(text[start:end] if stage is not None else "", script, secrets=tuple(used)),))


def _secret(identifier: str, variable: str, span: tuple[int, int], *, speaks: bool) -> Secret | None:
    held = claim(identifier, variable, speaks_of_exchange=speaks)
    if held is None:
        return None
    return Secret(identifier, variable, *span, held.confidence, held.because, held.near)


def _without_comment(token: re.Match[str]) -> str:
    """Return what stands there, a comment as blanks: nothing is bound in it, and all offsets stay."""
    return " " * len(token[0]) if token[0].startswith(("//", "/*")) else token[0]


def _blocks(text: str) -> list[_Block]:
    """Return every block in braces, in the order in which they open, past strings and comments."""
    blocks: list[_Block] = []
    open_: list[int] = []
    stage = -1
    for token in _TOKEN.finditer(text):
        if token["brace"] == "{":
            if len(blocks) == _MOST_BLOCKS:
                break
            name, at = _head(text, token.start())
            open_.append(len(blocks))
            blocks.append(_Block(name, at, token.end(), len(text), stage))
            if name == "stage":
                stage = len(blocks) - 1
        elif token["brace"] == "}" and open_:
            place = open_.pop()
            blocks[place] = blocks[place]._replace(end=token.start())
            if blocks[place].name == "stage":
                stage = blocks[place].stage
    return blocks


def _head(text: str, brace: int) -> tuple[str, int]:
    """Return what a block is called, past what it is given in brackets, and where that stands."""
    start = max(0, brace - _LOOK)
    before = text[start:brace].rstrip()
    if before.endswith(")"):
        depth = 0
        for place in range(len(before) - 1, -1, -1):
            depth += {")": 1, "(": -1}.get(before[place], 0)
            if depth == 0:
                before = before[:place].rstrip()
                break
    name = _NAME.search(before, max(0, len(before) - 100))
    return (name[0], start + name.start()) if name else ("", brace)
