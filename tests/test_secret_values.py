"""Secret stores by name, and which of their values are secrets."""

from __future__ import annotations

import pytest

from keylint.policy.placeholders import expand
from keylint.recognition.secret_paths import is_secret_store
from keylint.recognition.secret_values import secret_values


@pytest.mark.parametrize(
    ("path", "is_store"),
    [
        *[
            (path, False)
            for path in ("environment.py", ".env.example", ".env.sample", "config/.env.template", ".env.test")
        ],
        *[
            (path, False)
            for path in ("config.js", "config.json", "keys.py", "api_key.md", "user.cfg.example", "env.yaml")
        ],
        *[(path, True) for path in (".env", "deploy/.env.production", "prod.env", ".envrc", "user.cfg", ".user.cfg")],
        *[(path, True) for path in ("api-keys.json", "keys.local.json", "SECRET-api-keys.json", "config-private.json")],
        *[
            (path, True)
            for path in ("user_data/config-live.json", "conf/connectors/binance.yml", "conf.js", "user/config.json")
        ],
        *[
            (path, True)
            for path in ("secrets.yaml", "credentials.json", "prod.tfvars", "x.auto.tfvars.json", ".mcp.json")
        ],
    ],
)
def test_is_secret_store(path: str, is_store: bool) -> None:
    assert is_secret_store(path) is is_store


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("API_KEY=\nSECRET=''\n", id="no values"),
        pytest.param("API_KEY=your-api-key\nSECRET=changeme123\nTOKEN=xxxxxxxxxxxx\n", id="placeholders"),
        pytest.param("API_KEY=${OTHER}\nSECRET=$OTHER\nTOKEN={{ vault }}\nPASSWORD=<password-here>\n", id="references"),
        pytest.param(
            "SECRET=vault:kv/bot#key\nKEY_FILE=/run/secrets/key\nAPI_KEY=op://vault/item/field\n", id="elsewhere"
        ),
        pytest.param("PORT=3000\nNODE_ENV=production\nNAME={{password:a}}\n", id="settings"),
        pytest.param(
            "API_KEY_HEADER=X-Some-Header\nTOKEN_EXPIRY=864000000\nSECRET_NAME=exchange-keys\n", id="about secrets"
        ),
        pytest.param("# API_KEY={{key:a}}\n// SECRET={{secret:a}}\n; TOKEN={{key:b}}\n", id="commented out"),
        pytest.param("value: {{{{ key:abcdefgh123 }}}}\nother: ${{secret:abcdefgh123}}\n", id="templates"),
        pytest.param("PASSWORD=postgres\nSECRET=short\n", id="words"),
    ],
)
def test_no_secrets(text: str) -> None:
    assert list(secret_values(expand(text))) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("API_KEY={{key:a}}\nexport SECRET='{{password:b}}'\n", ["API_KEY", "SECRET"], id="dotenv"),
        pytest.param(
            '{"a": {"apiKey": "{{key:a}}", "secret": "{{secret:a}}"}}', ["apiKey", "secret"], id="JSON on one line"
        ),
        pytest.param("api_key: {{key:a}}\nnested:\n  password: '{{password:a}}'\n", ["api_key", "password"], id="YAML"),
        pytest.param("[binance]\nkey = {{key:a}}\n", ["key"], id="a plain key where the exchange is named"),
    ],
)
def test_secrets(text: str, names: list[str]) -> None:
    assert [value.name for value in secret_values(expand(text))] == names
