"""Keys of every shape in one tree with decoys: all found, nothing else. The figures are asserted."""

from __future__ import annotations

from hashlib import sha256
from itertools import cycle
from pathlib import Path

from conftest import ROOT, Run
from test_matrix import KEY, NO_LINES, NOT_FOUND, NOT_PACKED, PACKED, PLAIN, WRITTEN

from keylint.policy.placeholders import expand

OK = ROOT / "fixtures" / "ok"
SECRET = expand("{{secret:shapes}}")


def planted() -> dict[str, tuple[bytes, list[tuple[str, str]]]]:
    """Return files of every shape. Shape: path to bytes, and the path in reports and the digest of every key."""
    files: dict[str, tuple[bytes, list[tuple[str, str]]]] = {}
    languages = cycle(PLAIN)
    done = set()
    for way, _, path, text in WRITTEN:
        if way not in NOT_FOUND and way not in done:
            done.add(way)
            place = f"way{len(files)}/{path}"
            key = KEY[::-1] if way == "reversed" else KEY
            files[place] = (text.encode(), [(place, sha256(key.encode()).hexdigest())])
    for pack, language in zip(PACKED, languages, strict=False):
        if pack != NOT_PACKED:
            path, text = PLAIN[language]
            name = "binance_api_secret = " if pack not in NO_LINES else "\0binance_api_secret\0"
            both = f'{text.format(KEY)}{name}"{SECRET}"\n'
            outer, data, told = PACKED[pack](path, both)
            folder = f"pack{len(files)}"
            digests = [sha256(value.encode()).hexdigest() for value in (KEY, SECRET)]
            files[f"{folder}/{outer}"] = (data, [(f"{folder}/{told}", digest) for digest in digests])
    return files


def test_every_key_is_found_and_no_decoy(keylint: Run, tmp_path: Path) -> None:
    keys = planted()
    decoys = [path for path in sorted(OK.rglob("*")) if path.is_file()]
    for path, (data, _) in keys.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    for decoy in decoys:
        copy = tmp_path / "ok" / decoy.relative_to(OK)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(expand(decoy.read_text(encoding="utf-8")).encode())
    report = keylint("scan", str(tmp_path), "--format", "json").report
    found = {
        (place["path"], finding["facts"]["digest"].removeprefix("sha256:"))
        for finding in report["findings"]
        if finding["rule"] == "hardcoded-api-key"
        for place in (finding, *finding["occurrences"])
    }
    expected = {place for _, places in keys.values() for place in places}
    assert expected - found == set()
    assert sorted(path for path, _ in found if path.startswith("ok/")) == []
    assert (len(expected) >= 84, len(keys) >= 46, len(decoys) >= 34) == (True, True, True)
