"""Keys as blocks and inventories describe them: fields, places, ages, and what ties an entry to code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import Run, write

from keylint.detectors.key import find
from keylint.documents.document import Document
from keylint.model import Value
from keylint.recognition.ages import ages
from keylint.recognition.key_blocks import address_attributes


def blocks(text: str, path: str = "rights.json") -> list[dict[str, Value]]:
    hidden = ("evidence", "declared", "context", "confidence", "exchange")
    found = find(Document(path, text))
    return [{name: value for name, value in fact.attributes.items() if name not in hidden} for fact in found]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.json", "{}", id="nothing"),
        pytest.param("a.json", '{"permissions": ["read"]}', id="permissions of something"),
        pytest.param("a.json", '{"exchange": "binance", "pair_whitelist": ["BTC/USD"], "key": ""}', id="trading pairs"),
        pytest.param("ci.yml", "# binance\npermissions:\n  contents: read\n", id="a workflow's permissions"),
        pytest.param(
            "a.json", '{"binance": {"apiKey": "x", "permissions": ["SPOT", "TRD_GRP_002"]}}', id="the account's"
        ),
        pytest.param(
            "a.json",
            '{"canTrade": true, "canWithdraw": true, "canDeposit": true, "enableWithdrawals": true}',
            id="account",
        ),
        pytest.param(
            "a.py", "class Rights:\n    enable_withdrawals: bool\n    ip_restrict: bool\n", id="a model's fields"
        ),
        pytest.param("a.json", '{"enableWithdrawals": "maybe"}', id="no value"),
        pytest.param("keylint.keys.yaml", "keys: [{id: a, withdrawal_address_whitelist: true}]", id="the inventory"),
    ],
)
def test_what_describes_no_key(path: str, text: str) -> None:
    assert blocks(text, path) == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param(
            "a.json",
            '{"ipRestrict": false, "createTime": 1698645219000, "enableReading": true, "enableMargin": false}',
            {"created": "2023-10-30", "permissions": ["read"], "ip_whitelist": [], "id": "a.json"},
            id="the exchange's answer",
        ),
        pytest.param(
            "a.yaml",
            "binance:\n  bot:\n    api_key: x\n    permissions: [read, trade]\n    allowed-ips: 203.0.113.7, 198.51.100.0/24\n"
            "    created: 2026-11-01\n    last_used: 2026-11-20T10:00:00Z\n    2fa: totp\n    shared_with: [koinly]\n",
            {
                "permissions": ["read", "spot_trade"],
                "ip_whitelist": ["203.0.113.7", "198.51.100.0/24"],
                "ip_widest_v4": 24,
                "ip_has_private": False,
                "created": "2026-11-01",
                "last_used": "2026-11-20",
                "two_factor": "authenticator",
                "platforms": ["koinly"],
                "id": "bot",
            },
            id="a team's own settings",
        ),
        pytest.param(
            "a.ini",
            "[binance]\nexchange = binance.us\napi_key = x\nenable_withdrawals = yes\nip_restrict = no\n",
            {"permissions": ["withdraw"], "ip_whitelist": [], "id": "binance"},
            id="INI",
        ),
        pytest.param(
            "a.js",
            "const rights = { enableWithdrawals: false, enableSpotAndMarginTrading: true, ipRestrict: true, label: 'bot' }",
            {"permissions": ["spot_trade"], "id": "bot"},
            id="JavaScript",
        ),
        pytest.param(
            "a.py",
            "client.modify_key(sub_account_id='1', can_trade=True, can_universal_transfer=True, ip_address='203.0.113.9')",
            {
                "permissions": ["spot_trade", "transfer"],
                "ip_whitelist": ["203.0.113.9"],
                "ip_widest_v4": 32,
                "ip_has_private": False,
                "id": "modify_key",
            },
            id="a call",
        ),
        pytest.param(
            "a.toml",
            '[key]\nenable_reading = true\nip_restrict = true\nip_list = ["$OFFICE_IP"]\n',
            {"permissions": ["read"], "id": "key"},
            id="a variable is no address",
        ),
        pytest.param(
            "a.json",
            '{"enableReading": true, "ipRestrict": true, "ipList": ["nowhere", "10.0.0.1"], "createTime": "soon"}',
            {
                "permissions": ["read"],
                "ip_whitelist": ["nowhere", "10.0.0.1"],
                "ip_widest_v4": 32,
                "ip_has_private": True,
                "id": "a.json",
            },
            id="no address and no date",
        ),
    ],
)
def test_blocks(path: str, text: str, expected: dict[str, Value]) -> None:
    assert blocks(text, path) == [expected]


def test_a_finding_stands_at_the_field_that_decides_it(keylint: Run, tmp_path: Path) -> None:
    text = '{\n  "enableReading": true,\n  "ipRestrict": false,\n  "enableWithdrawals": true,\n  "createTime": 1698645219000\n}\n'
    write(tmp_path, {"rights.json": text})
    assert keylint("scan", str(tmp_path), "--format", "json", "--today", "2026-11-22").places == {
        ("missing-ip-whitelist", "rights.json", 3, 4),
        ("stale-key", "rights.json", 5, 17),
        ("withdrawal-enabled", "rights.json", 4, 4),
    }


def test_an_entry_s_findings_stand_at_its_id_with_their_evidence(keylint: Run, tmp_path: Path) -> None:
    entry = "keys:\n  - purpose: tax-reporting\n    id: tax\n    permissions: [read]\n    two_factor: sms\n"
    write(tmp_path, {"keylint.keys.yaml": entry})
    report = keylint("scan", str(tmp_path), "--format", "json", "--today", "2026-11-22").report
    told = [(one["rule"], one["line"], one["column"], one["evidence"]) for one in report["findings"]]
    assert told == [
        ("incomplete-inventory-entry", 3, 5, "declared"),
        ("missing-ip-whitelist", 3, 5, "declared"),
        ("stale-key", 3, 5, "declared"),
        ("weak-two-factor", 3, 5, "attested"),
    ]


def test_a_comment_allows_on_the_entry(keylint: Run, tmp_path: Path) -> None:
    text = 'keys:\n  - id: a  # keylint: allow[stale-key] reason="rotated at the exchange"\n    permissions: [read]\n'
    write(tmp_path, {"keylint.keys.yaml": text})
    findings = keylint("scan", str(tmp_path), "--format", "json", "--rule", "stale-key").report["findings"]
    assert [one["suppression"]["reason"] for one in findings] == ["rotated at the exchange"]


def test_the_inventory_is_judged_when_it_is_scanned(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"keylint.keys.yaml": "keys: [{id: a}]", "a.py": "x = 1\n"})
    monkeypatch.chdir(tmp_path)
    assert keylint("scan", "a.py", "--format", "json").report["findings"] == []
    assert keylint("scan", "keylint.keys.yaml", "--format", "json").report["findings"] != []


@pytest.mark.parametrize(
    ("config", "inventory", "message"),
    [
        ("", "keys: [{id: a, permission: [read]}]", "keylint.keys.yaml:1:16: unknown key 'permission'; did you mean 'permissions'?"),
        ("", "keys: [{id: a}, {id: a}]", "keylint.keys.yaml:1:18: key 'a' is listed already, in line 1"),
        ("", "keys: [{id: a, ip_whitelist: [10.0.0.0/33]}]", "1:31: expected an address or network such as 203.0.113.7/32"),
        ("", "keys: [{id: a, created: 2026-11-02, last_used: 2026-11-01}]", "1:37: expected a day on or after 'created' (2026-11-02)"),
        ("", "keys: [{id: a, stored_in: somewhere}]", "1:16: expected env:NAME, file:PATH or vault:…, found 'somewhere'"),
        ("", "[]", "keylint.keys.yaml:1:1: expected a mapping with keys, found an empty list"),
        ("inventory: [none.yaml]", "keys: []", "none.yaml: no such file"),
    ],
)  # fmt: skip
def test_a_wrong_inventory_is_refused(keylint: Run, tmp_path: Path, config: str, inventory: str, message: str) -> None:
    write(tmp_path, {".keylint.yaml": config, "keylint.keys.yaml": inventory})
    result = keylint("scan", str(tmp_path))
    assert (result.code, message in result.err) == (2, True), result.err


def test_other_inventories_are_configured(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, {".keylint.yaml": "inventory: [ops/a.yaml, ops/b.yaml]", "keylint.keys.yaml": "no: inventory"})
    write(tmp_path, {"ops/a.yaml": "keys: [{id: a}]", "ops/b.yaml": "keys: [{id: b}]"})
    result = keylint("scan", str(tmp_path), "--format", "json", "--rule", "incomplete-inventory-entry")
    assert [one["path"] for one in result.report["findings"]] == ["ops/a.yaml", "ops/b.yaml"]


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ([], {}),
        (["somewhere"], {}),
        (["*"], {"ip_widest_v4": 0, "ip_has_private": False}),
        (["203.0.113.7", "198.51.100.0/23"], {"ip_widest_v4": 23, "ip_has_private": False}),
        (["100.64.0.1"], {"ip_widest_v4": 32, "ip_has_private": True}),
        (["2001:db8::/48", "203.0.113.7"], {"ip_widest_v4": 32, "ip_widest_v6": 48, "ip_has_private": False}),
        (["fe80::1"], {"ip_widest_v6": 128, "ip_has_private": True}),
    ],
)
def test_addresses(addresses: list[str], expected: dict[str, Value]) -> None:
    assert address_attributes(addresses) == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, {}),
        ({"created": "2026-11-23"}, {"age_days": 0, "reviewed_days": 0}),
        ({"created": "soon"}, {}),
        ({"created": "2026-11-01", "reviewed": "2026-11-21"}, {"age_days": 21, "reviewed_days": 1}),
        ({"last_used": "2026-11-12", "platforms": ["a", "b"]}, {"idle_days": 10, "platform_count": 2}),
    ],
)
def test_ages(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    assert ages(attributes, "2026-11-22") == expected


def test_strict_asks_for_what_is_not_stated(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, {".keylint.yaml": "extends: [keylint:strict]", "keylint.keys.yaml": "keys: [{id: a, owner: o}]"})
    findings = keylint("scan", str(tmp_path), "--format", "json").report["findings"]
    assert {"weak-two-factor", "stale-key", "missing-ip-whitelist"} <= {one["rule"] for one in findings}
