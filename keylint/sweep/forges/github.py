"""GitHub, and GitHub Enterprise on a server of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from keylint.sweep.forges import Forge, Hosted
from keylint.sweep.forges._api import NOTHING, Api, Query, count_of, flag_of, text_of

_PUBLIC = "https://github.com"
# In the order of creation no page changes while the next one is asked for.
_QUERY: Query = {"per_page": "100", "sort": "created", "direction": "asc"}
_KILOBYTE = 1024


def _base(server: str) -> str:
    host = urlsplit(server).netloc
    if server == _PUBLIC or host.endswith(".ghe.com"):
        return f"https://api.{host}"
    return f"{server}/api/v3"


def _repositories(api: Api, organisation: str) -> Iterator[Hosted]:
    found = api.items(f"orgs/{quote(organisation, safe='')}/repos", {**_QUERY, "type": "all"})
    if found is None:
        found = _of_user(api, organisation)
    for one in found:
        yield Hosted(
            text_of(api, one, "name"),
            text_of(api, one, "clone_url"),
            flag_of(one, "archived"),
            flag_of(one, "fork"),
            count_of(one, "size") * _KILOBYTE,
        )


def _of_user(api: Api, name: str) -> Iterator[dict[str, object]]:
    """Return what a user owns: with that user's own token, what is private, too."""
    # The token of an app, as in a workflow, is nobody's.
    myself = api.ask("user", forbidden=NOTHING).value if api.token is not None else None
    if isinstance(myself, dict) and str(myself.get("login")).lower() == name.lower():
        found = api.items("user/repos", {**_QUERY, "affiliation": "owner"})
    else:
        found = api.items(f"users/{quote(name, safe='')}/repos", {**_QUERY, "type": "owner"})
    if found is None:
        raise api.missing(name, "organisation or user")
    return found


FORGE = Forge(
    title="GitHub",
    server=_PUBLIC,
    base=_base,
    nested=False,
    tokens=("GH_TOKEN", "GITHUB_TOKEN"),
    host="GH_HOST",
    headers={"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"},
    authorization=lambda token: {"Authorization": f"Bearer {token}"},
    repositories=_repositories,
)
