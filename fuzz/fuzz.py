"""Coverage-guided fuzzing (atheris) of what reads strangers' bytes: `fuzz.py TARGET FOLDER [libFuzzer's options]`.

The folder keeps the inputs that reach something new; planted and harmless fixtures begin it. What fails is written
beside it, and is a defect.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import keylint

ROOT = Path(__file__).resolve().parent.parent
# Names that bring every reader to work; the first byte of an input chooses one.
NAMES = (
    *".env config.py bot.js bot.ts bot.tsx Bot.java bot.go bot.rb bot.php Bot.cs Bot.kt bot.rs run.sh run.ps1".split(),
    *"conf.yaml conf.json conf.toml conf.ini conf.xml main.tf app.properties Dockerfile notes.md page.html".split(),
    *"analysis.ipynb requirements.txt pyproject.toml package.json package-lock.json Cargo.lock go.mod pom.xml".split(),
    *".github/workflows/ci.yml .gitlab-ci.yml azure-pipelines.yml .circleci/config.yml Jenkinsfile keys.csv".split(),
    *"yarn.lock build.gradle composer.json Gemfile.lock id_ed25519 .npmrc history.log dump.sql binance.txt".split(),
)
LARGEST = 4096  # of an input, in bytes
_RUNS = re.compile(rb"[A-Za-z0-9]{64,}")
# A piece of a broken key that is all letters may be a name, and is shown.
_SHOWN = re.compile(r"(?=[A-Za-z]*\d)[A-Za-z0-9]{20,}")


def main() -> None:
    """Run one target until the options say so."""
    atheris = import_module("atheris")
    target, folder = sys.argv[1], Path(sys.argv[2])
    begin(folder, target)
    with atheris.instrument_imports(include=["keylint", "yaml", "tomli"]):
        for module in walk_packages(keylint.__path__, "keylint."):  # what is imported late would not be watched
            if not module.name.endswith("__main__"):
                import_module(module.name)
        check = TARGETS[target]()
    atheris.Setup([sys.argv[0], str(folder), f"-artifact_prefix={folder}-", *sys.argv[3:]], check)
    atheris.Fuzz()


def begin(folder: Path, target: str) -> None:
    """Write the first inputs: fixtures, or policies and inventories, under a byte that chooses how they are read."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True)
    from keylint.policy.placeholders import expand

    parts = [ROOT / "fixtures" / part for part in ("planted", "ok")]
    if target == "policies":
        parts = [ROOT / "fixtures" / "mistakes", ROOT / "fixtures" / "projects", ROOT / "rules"]
    files = [file for part in parts for file in sorted(part.rglob("*")) if file.is_file()]
    for place, file in enumerate(file for file in files if file.stat().st_size < LARGEST):
        like = [at for at, name in enumerate(NAMES) if Path(name).suffix == file.suffix]
        data = expand(file.read_text(encoding="utf-8", errors="replace")).encode()
        choice = place % len(NAMES) if target != "detectors" or not like else like[place % len(like)]
        (folder / f"seed{place:03}").write_bytes(bytes([choice]) + data)


def detectors() -> Callable[[bytes], None]:
    """Whatever is in a file: no detector raises, every place is in the text, and nothing shown holds a secret."""
    from keylint.documents.decoding import decode, encoding_of
    from keylint.model import Fact
    from keylint.pipeline import examine, lens
    from keylint.sieve import runs

    through = lens()

    def check(data: bytes) -> None:
        path, data = NAMES[data[0] % len(NAMES) if data else 0], data[1:]
        assert list(runs(data)) == [match.span() for match in _RUNS.finditer(data)]
        found = examine(path, data, through)
        encoding = encoding_of(data)
        if encoding is None:
            return
        text = decode(data, encoding)
        lines = re.split("\n" if "\n" in text else "\r", text)
        for fact in found:
            if not isinstance(fact, Fact):
                continue
            place = fact.location
            assert 1 <= place.line <= place.end_line <= len(lines)
            assert 1 <= place.column <= len(lines[place.line - 1]) + 1
            assert place.end_column <= len(lines[place.end_line - 1]) + 1
            if fact.excerpt is not None:
                shown, start, width = fact.excerpt
                assert 0 <= start <= start + width <= len(shown)
                for run in _SHOWN.findall(shown):
                    assert not any(run.encode() in key[0] for key in _RUNS.finditer(data) if mixed(key[0])), shown

    return check


def mixed(run: bytes) -> bool:
    """Tell whether a run may be a key: of its length, and neither one digest nor one word."""
    return len(run) == 64 and not run.islower() and not run.isupper() and not run.isalpha() and not run.isdigit()


def parsers() -> Callable[[bytes], None]:
    """No reader of a format or language raises anything but that it cannot read; every offset is in the text."""
    from keylint.documents.builder import Unparsed
    from keylint.documents.code import known, read_code
    from keylint.documents.fallback import lines
    from keylint.documents.parsers import parsers as all_parsers
    from keylint.documents.tree import Node, walk

    readers = [parser.parse for _, parser in all_parsers()]
    languages = sorted(known())

    def inside(node: Node, text: str) -> None:
        for _, one, _ in walk(node):
            assert 0 <= one.start <= one.end <= len(text)
            assert 0 <= one.name_start <= one.name_end <= len(text)

    def check(data: bytes) -> None:
        which, text = data[0] if data else 0, data[1:].decode("utf-8", "surrogateescape")
        if which % 2:
            code = read_code(text, languages[which // 2 % len(languages)])
            spans = [(one.start, one.end) for some in (code.calls, code.assignments, code.texts) for one in some]
            assert all(0 <= start <= end <= len(text) for start, end in spans)
            return
        inside(lines(text), text)
        with suppress(Unparsed):
            inside(readers[which // 2 % len(readers)](text), text)

    return check


def policies() -> Callable[[bytes], None]:
    """A configuration, inventory, waiver, rule or baseline is read, or is a mistake that is told."""
    from keylint.baseline import parse
    from keylint.errors import KeylintError
    from keylint.policy.config import ConfigFile
    from keylint.policy.inventory_file import read_inventory
    from keylint.policy.merge import load_policy
    from keylint.policy.rule_file import parse_rule
    from keylint.policy.source_map import read

    def check(data: bytes) -> None:
        which, text = data[0] if data else 0, data[1:].decode("utf-8", "replace")
        with suppress(KeylintError):
            if which % 4 == 0:
                load_policy(ConfigFile("c", str(ROOT / "fixtures"), read(text, "c"), str(ROOT / "fixtures")))
            elif which % 4 == 1:
                read_inventory(read(text, "i"))
            elif which % 4 == 2:
                parse_rule(read(text, "r"), {})
            else:
                parse(data[1:], "b")

    return check


TARGETS: dict[str, Callable[[], Callable[[bytes], None]]] = {
    "detectors": detectors,
    "parsers": parsers,
    "policies": policies,
}


if __name__ == "__main__":
    main()
