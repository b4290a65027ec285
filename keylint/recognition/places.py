"""What kind of file a path names."""

from __future__ import annotations

import re

_TEST = re.compile(
    r"(?i)(?:^|/)(?:tests?|testing|specs?|__tests__|fixtures?|cassettes?|mocks?|testdata)(?:/|$)|(?:^|/)(?:test_[^/]*|[^/]*[_.-](?:test|tests|spec))\.[^/.]+$|(?:^|/)conftest\.py$|(?:^|/)[^/]*\.(?:unit|integration)?tests?/"
)
_DOCS = re.compile(
    r"(?i)(?:^|/)(?:docs?|documentation|examples?|samples?)(?:/|$)|\.(?:md|markdown|rst|adoc|txt|html?)$|(?:^|/)readme[^/]*$"
)
_CONFIG = re.compile(
    r"(?i)(?:^|/)(?:\.env|env|config|settings|dockerfile|procfile|makefile)[^/]*$|\.(?:env|ya?ml|json5?|jsonc|toml|ini|cfg|conf|properties|tfvars|tf|tfstate|xml|plist|service|config)$"
)


def context_of(path: str) -> str:
    """Return where a fact stands: `test`, `notebook`, `docs`, `config` or `code`, by the path alone."""
    if _TEST.search(path):
        return "test"
    if path.endswith(".ipynb"):
        return "notebook"
    if _CONFIG.search(path):
        return "config"
    return "docs" if _DOCS.search(path) else "code"


def context_of_folder(path: str) -> str:
    """Return `test`, `docs` or `config` for a file of settings: its own ending tells nothing, `.txt` is no docs."""
    context = context_of(path.rpartition("/")[0] + "/manifest")
    return context if context in ("test", "docs") else "config"
