"""Pipelines against each other: where every secret is handed on, whether one of the exchange is among them."""

from __future__ import annotations

from collections.abc import Sequence

from keylint.model import Fact

_FOLDERS = ("/.github/", "/.gitea/", "/.forgejo/", "/.gitlab", "/.circleci/")


def connected(found: Sequence[Fact]) -> list[Fact]:
    """Return all facts, those of secrets handed on as sure as another pipeline of the repository makes them."""
    users: dict[str, dict[str, str]] = {}
    for fact in found:
        if fact.target == "workflow" and not fact.attributes["inherits"] and fact.attributes["confidence"] == "high":
            secret = str(fact.attributes["secret"])
            users.setdefault(_home(fact.location.path), {}).setdefault(fact.location.path, secret)
    if not users:
        return list(found)
    return [_connected(fact, users.get(_home(fact.location.path), {})) for fact in found]


def _connected(fact: Fact, users: dict[str, str]) -> Fact:
    attributes = fact.attributes
    if fact.target != "workflow" or not attributes["inherits"] or attributes["confidence"] == "high" or not users:
        return fact
    home = _home(fact.location.path)
    called = str(attributes["action"] or "")
    called = f"{home}{called[2:]}" if called.startswith("./") else ""
    path = called if called in users else min(users)
    shown = path[len(home) :]
    because = f"{attributes['because']}, {users[path]} among them ({shown} uses it)"
    return fact._replace(attributes={**attributes, "confidence": "high", "because": because})


def _home(path: str) -> str:
    """Return the folder of the repository that a pipeline is of, with a slash at its end."""
    place = max(f"/{path}".rfind(folder) for folder in _FOLDERS)
    return path[:place] if place > 0 else ""
