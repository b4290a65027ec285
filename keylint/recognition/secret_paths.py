"""Names of files that tools keep their secrets in. Light: it is asked for every file of a scan.

Source: the configuration files of the tools named beside the patterns, read 2026-11.
"""

from __future__ import annotations

_STORE = r"""(?xi)(?:^|/)(?:
        [\w-]*\.env(?:\.(?!(?:d\.ts|[cm]?[jt]sx?|py|go|php|rb|md)(?:\.|$))[\w-]+)*
      | \.envrc | \.flaskenv | env\.(?:prod|production|live|local)
      | \.?user\.cfg                                             # binance-trade-bot
      | (?:secret-)?api[-_]?keys?\.(?:json|ya?ml|toml|ini|txt)   # passivbot, gekko
      | keys(?:\.local)?\.json                                   # ccxt
      | config-private\.json | user_data/config[\w-]*\.json      # freqtrade
      | conf/connectors/[\w-]+\.ya?ml                            # hummingbot
      | conf(?:-[\w-]+)?\.js                                     # zenbot
      | user/config\.json                                        # OctoBot
      | Launcher/config\.json | lean\.json                       # QuantConnect Lean
      | (?:\.?secrets?|credentials?)\.(?:json|ya?ml|toml|ini|cfg|properties|env)
      | [\w.-]*\.tfvars(?:\.json)? | terraform\.tfstate(?:\.backup)?
      | claude_desktop_config\.json | \.?mcp\.json               # MCP servers
    )$"""
_EXAMPLE = (
    r"(?i)(?:^|[._-])(?:example|sample|template|tmpl|tpl|dist|defaults?|schema|spec|tests?|testing|ci)(?:[._-]|$)"
)


# Names that tools share with everybody, and what in the file shows that it is theirs.
_SHARED = {
    r"config[\w-]*\.json": r"\"(?:stake_currency|pair_whitelist)\"\s*:",  # freqtrade
    r"options\.json": r"\"APISECRET\"\s*:",  # node-binance-api
    r"[\w-]+\.ini": r"(?m)^\[dali\.plugin\.input\.rest\.",  # dali-rp2
}


def may_be_secret_store(path: str) -> bool:
    """Tell whether a file of this name can be a secret store, if it holds what shows it."""
    name = path.rpartition("/")[2].lower()
    if name.startswith(("config", "options")) and name.endswith(".json"):
        return True
    return name.endswith(".ini") or is_secret_store(path)


def holds_secret_store(path: str, text: str) -> bool:
    """Tell whether a file is a secret store, by its name or by its name and what it holds."""
    if is_secret_store(path):
        return True
    import re

    name = path.rpartition("/")[2]
    return not re.search(_EXAMPLE, name) and any(
        re.fullmatch(known, name) and re.search(shows, text) for known, shows in _SHARED.items()
    )


def is_secret_store(path: str) -> bool:
    """Tell whether tools keep secrets in a file of this name; examples and templates are none."""
    name = path.lower()
    # Every name of the pattern holds one of these; it is compiled only for the few paths that do, too.
    if not (
        "env" in name
        or "key" in name
        or "conf" in name
        or "secret" in name
        or "cred" in name
        or ".cfg" in name
        or "mcp" in name
        or "lean" in name
        or ".tf" in name
    ):
        return False
    import re

    return re.search(_STORE, path) is not None and not re.search(_EXAMPLE, path.rpartition("/")[2])
