"""Gitea and Forgejo, which speak alike and have no server that everybody means."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from keylint.sweep.forges import Forge, Hosted
from keylint.sweep.forges._api import Api, Query, count_of, flag_of, text_of

# A server may give fewer than asked for, and its links to further pages name the address that it was once set up with.
_QUERY: Query = {"limit": "50"}
_KILOBYTE = 1024


def _repositories(api: Api, organisation: str) -> Iterator[Hosted]:
    name = quote(organisation, safe="")
    found = api.numbered(f"orgs/{name}/repos", _QUERY)
    if found is None:
        found = api.numbered(f"users/{name}/repos", _QUERY)
    if found is None:
        raise api.missing(organisation, "organisation or user")
    for one in found:
        yield Hosted(
            text_of(api, one, "name"),
            text_of(api, one, "clone_url"),
            flag_of(one, "archived"),
            flag_of(one, "fork"),
            count_of(one, "size") * _KILOBYTE,
        )


FORGE = Forge(
    title="Gitea or Forgejo",
    server=None,
    base=lambda server: f"{server}/api/v1",
    nested=False,
    tokens=("GITEA_TOKEN", "FORGEJO_TOKEN"),
    host="GITEA_HOST",
    headers={"Accept": "application/json"},
    authorization=lambda token: {"Authorization": f"token {token}"},
    repositories=_repositories,
)
