"""Names of files that tools keep their secrets in. Light: it is asked for every file of a scan.

Source: the configuration files of the tools named beside the patterns, read 2026-11.
"""

from __future__ import annotations

import re

_SECRET_STORE = re.compile(
    r"""(?xi)(?:^|/)(?:
        (?:[\w-]+)?\.env(?:\.[\w-]+)* | \.envrc | \.flaskenv | env\.(?:prod|production|live|local)
      | \.?user\.cfg                                   # binance-trade-bot
      | (?:secret-)?api[-_]?keys?\.(?:json|ya?ml|toml|ini|txt)   # passivbot, gekko
      | keys(?:\.local)?\.json                          # ccxt
      | config-private\.json | user_data/config[\w-]*\.json      # freqtrade
      | conf/connectors/[\w-]+\.ya?ml                   # hummingbot
      | conf(?:-[\w-]+)?\.js                            # zenbot
      | user/config\.json                               # OctoBot
      | (?:\.?secrets?|credentials?)\.(?:json|ya?ml|toml|ini|cfg|properties|env)
      | (?:[\w-]+\.)?(?:auto\.)?tfvars(?:\.json)? | [\w-]*\.(?:auto\.)?tfvars(?:\.json)? | terraform\.tfstate(?:\.backup)?
      | claude_desktop_config\.json | \.mcp\.json | \.cursor/mcp\.json
    )$"""
)
_EXAMPLE = re.compile(r"(?i)(?:^|[._-])(?:example|sample|template|tmpl|tpl|dist|default|defaults|schema|spec|test|tests|testing|ci)(?:[._-]|$)")


def is_secret_store(path: str) -> bool:
    """Tell whether tools keep secrets in a file of this name; examples and templates are none."""
    return _SECRET_STORE.search(path) is not None and not _EXAMPLE.search(path.rpartition("/")[2])
