"""GitLab, on gitlab.com or a server of one's own; a group with all that is below it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from keylint.sweep.forges import Forge, Hosted
from keylint.sweep.forges._api import Api, Query, count_of, flag_of, text_of

# In the order of creation no page changes while the next one is asked for. The size is told to members only.
_QUERY: Query = {"per_page": "100", "order_by": "id", "sort": "asc", "statistics": "true"}


def _repositories(api: Api, group: str) -> Iterator[Hosted]:
    name = quote(group, safe="")
    found = api.items(f"groups/{name}/projects", {**_QUERY, "include_subgroups": "true", "with_shared": "false"})
    if found is None and "/" not in group:
        found = api.items(f"users/{name}/projects", _QUERY)
    if found is None:
        raise api.missing(group, "group or user")
    for one in found:
        statistics = one.get("statistics")
        yield Hosted(
            _below(group, text_of(api, one, "path_with_namespace")),
            text_of(api, one, "http_url_to_repo"),
            flag_of(one, "archived"),
            bool(one.get("forked_from_project")),
            count_of(statistics, "repository_size") if isinstance(statistics, dict) else 0,
        )


def _below(group: str, path: str) -> str:
    """Return a project's path in its group, or its whole one if the group was renamed."""
    prefix = f"{group}/"
    return path[len(prefix) :] if path.lower().startswith(prefix.lower()) else path


FORGE = Forge(
    title="GitLab",
    server="https://gitlab.com",
    base=lambda server: f"{server}/api/v4",
    nested=True,
    tokens=("GITLAB_TOKEN",),
    host="GITLAB_HOST",
    headers={"Accept": "application/json"},
    authorization=lambda token: {"PRIVATE-TOKEN": token},
    repositories=_repositories,
)
