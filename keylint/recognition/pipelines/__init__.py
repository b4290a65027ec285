"""Pipelines: what continuous integration runs, when, and with which secrets. One file a system, named as told here."""

from __future__ import annotations

from typing import Literal

System = Literal["github", "gitlab", "circleci", "jenkins", "azure"]

_FORGES = (".github/workflows/", ".gitea/workflows/", ".forgejo/workflows/")
_ENDINGS = (".yml", ".yaml")


def system_of(path: str) -> System | None:
    """Return the system that reads a file of this name. Light: it is asked for every file of a scan."""
    if path.endswith(_ENDINGS):
        stem = path[path.rfind("/") + 1 :].rpartition(".")[0].lower()
        if stem == "action" or any(folder in path for folder in _FORGES):
            return "github"
        if stem.endswith(".gitlab-ci") or ".gitlab/ci/" in path:
            return "gitlab"
        if ".circleci/" in path:
            return "circleci"
        return "azure" if stem.startswith("azure-pipeline") or "azure-pipelines/" in path else None
    if "enkins" not in path:
        return None
    name = path[path.rfind("/") + 1 :].lower()
    is_jenkins = name.startswith("jenkinsfile") and not name.endswith((".md", ".txt", ".rst"))
    return "jenkins" if is_jenkins or name.endswith((".jenkinsfile", ".jenkins")) else None
