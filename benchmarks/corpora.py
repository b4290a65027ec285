"""Folders and repositories made from a seed, of realistic shape, with keys and decoys in known places.

Only the planted files hold keys: what is found elsewhere is a false alarm, and digests and encoded images do tempt.
"""

from __future__ import annotations

import base64
import collections
import hashlib
import itertools
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from measure import ROOT

from keylint.policy.placeholders import expand

sys.path.insert(0, str(ROOT / "fixtures"))
from materialise import planted

PLANTED, OK = ROOT / "fixtures" / "planted", ROOT / "fixtures" / "ok"
SEED = 64
# One commit in so many is a merge.
MERGES = 20
# What files are cut out of. Units: bytes of each kind, at most.
_POOL = 1 << 20
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_HEX = "0123456789abcdef"

Place = tuple[str, int]


class Kind(NamedTuple):
    """A kind of file. Units: files of a thousand, characters of a usual one."""

    ending: str
    share: float
    size: int


# What a large repository of a web service holds.
CODE = (
    Kind("py", 240, 5000),
    Kind("ts", 220, 3500),
    Kind("json", 100, 2500),
    Kind("go", 80, 6000),
    Kind("md", 70, 3500),
    Kind("yml", 70, 1200),
    Kind("svg", 60, 1500),
    Kind("css", 40, 4000),
    Kind("html", 40, 5000),
    Kind("png", 50, 9000),
    Kind("csv", 10, 15000),
    Kind("woff2", 5, 30000),
    Kind("min.js", 4, 120000),
    Kind("lock", 3, 120000),
    Kind("sum", 3, 20000),
    Kind("js.map", 2, 200000),
    Kind("ipynb", 2, 80000),
    Kind("gz", 1, 50000),
)
# What a repository of data and its analysis holds: few files, large ones.
DATA = (
    Kind("py", 350, 8000),
    Kind("json", 200, 60000),
    Kind("csv", 150, 90000),
    Kind("ipynb", 100, 150000),
    Kind("md", 70, 6000),
    Kind("min.js", 50, 120000),
    Kind("js.map", 20, 200000),
    Kind("lock", 20, 150000),
    Kind("png", 30, 60000),
    Kind("gz", 10, 200000),
)


def cached(folder: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Return a corpus, which is made unless what makes it has not changed since."""
    sources = [Path(__file__), *_files(PLANTED), *_files(OK)]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:8]
    place = folder / f"{name}-{digest}"
    if not place.exists():
        for old in (*folder.glob(f"{name}-????????"), *folder.glob(f"{name}-????????.part")):
            shutil.rmtree(old)
        part = place.with_name(f"{place.name}.part")
        part.mkdir(parents=True)
        make(part)
        part.rename(place)
    return place


def tree(folder: Path, *, files: int, size: int, kinds: Sequence[Kind] = CODE, every: int = 0) -> None:
    """Fill a repository with so many files of so many bytes in all and, if asked, every so many-th planted file."""
    generator = random.Random(SEED)
    pools = {kind.ending: _POOLS[kind.ending](generator, min(size, _POOL)) for kind in kinds}
    chosen = generator.choices(kinds, [kind.share for kind in kinds], k=files)
    sizes = [generator.lognormvariate(0, 0.8) * kind.size for kind in chosen]
    scale = size / sum(sizes)
    for number, (kind, share) in enumerate(zip(chosen, sizes, strict=True)):
        place = folder / f"package{number % 97}" / f"part{number % 7}" / f"module{number}.{kind.ending}"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_cut(generator, pools[kind.ending], max(60, int(share * scale)), number))
    if every:
        _plant(folder, every)
    _commit(folder)


def findings(folder: Path, *, keys: int) -> None:
    """Fill a repository with files of ten keys each."""
    for number in range(keys // 10):
        place = folder / f"package{number % 97}" / f"settings{number}.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        lines = (f'BINANCE_API_KEY_{n} = "{{{{key:{number}-{n}}}}}"\n' for n in range(10))
        place.write_text(expand(f"import os\n\n{''.join(lines)}"), encoding="utf-8")
    _commit(folder)


def hook(folder: Path) -> None:
    """Fill a repository of 200 files, and stage five more."""
    tree(folder, files=200, size=1_200_000)
    generator = random.Random(SEED)
    for name in STAGED:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_cut(generator, _POOLS[name.rpartition(".")[2]](generator, 60_000), 6000, 0))
    _git(folder, "add", "--all")


STAGED = ("deploy/service.yml", "docs/notes.md", "web/app.ts", "service/data.json", "service/main.py")


def planted_places(every: int) -> frozenset[Place]:
    """Return where the keys of a tree stand. Shape: path and line from 1."""
    return frozenset(
        (f"planted/{path.relative_to(PLANTED)}", line)
        for path in _files(PLANTED)[::every]
        for line, _, _ in planted(path.read_text(encoding="utf-8"))
    )


class Past(NamedTuple):
    """Files that held a key for a while."""

    plain: int = 20
    utf16: int = 2
    merged: int = 2

    def names(self) -> list[str]:
        """Return their paths."""
        kinds = self._asdict().items()
        return [f"settings/{kind}{number}.py" for kind, count in kinds for number in range(count)]


def history(folder: Path, *, commits: int, size: int, files: int = 1500, past: Past = Past()) -> None:  # noqa: B008
    """Fill a repository without files with so many commits, of three small changes, and bytes of objects.

    Some files hold a key for a tenth of the time. Its pack holds differences, as git makes them.
    """
    generator = random.Random(SEED)
    usual = size // (3 * commits)
    pool = _POOLS["py"](generator, min(size, _POOL)).split(b"\n")
    weights = [generator.lognormvariate(0, 1) for _ in range(files)]
    lines = int(usual / (sum(map(len, pool)) / len(pool) + 1) * files / sum(weights))
    texts = [generator.choices(pool, k=max(5, int(weight * lines))) for weight in weights]
    _git(folder, "init", "-q", "-b", "main")
    importing = ["git", "-C", str(folder), "-c", "core.compression=1", "fast-import", "--quiet"]
    with subprocess.Popen(importing, stdin=subprocess.PIPE) as git:
        assert git.stdin is not None
        _commits(git.stdin, generator, texts, pool, commits=commits, past=past)
    if git.returncode:
        raise SystemExit("git fast-import failed")
    _git(folder, "-c", "pack.window=5", "-c", "pack.threads=2", "repack", "-a", "-d", "-f", "-q")


def _commits(
    out: IO[bytes],
    generator: random.Random,
    texts: list[list[bytes]],
    pool: list[bytes],
    *,
    commits: int,
    past: Past,
) -> None:
    # Every so many commits one more stands on the branch that is merged.
    commits -= commits // (MERGES + 1)
    begins, ends = collections.defaultdict(list), collections.defaultdict(list)
    names = past.names()
    for order, name in enumerate(names):
        begin = commits // 20 + order * (commits * 3 // 4) // len(names)
        begin += (MERGES - 1 - begin) % MERGES if "merged" in name else 0
        begins[begin].append(name)
        ends[begin + max(1, commits // 10)].append(name)
    activity = list(itertools.accumulate(generator.lognormvariate(0, 1) for _ in texts))
    for number in range(commits):
        merges = number % MERGES == MERGES - 1
        if merges:
            out.write(head("side", number, f"Look into {number}", "from refs/heads/main"))
            out.write(modified("side/notes.py", b"\n".join(generator.choices(pool, k=20))))
        out.write(head("main", number, f"Change {number}", "merge refs/heads/side" if merges else ""))
        for file in (
            range(len(texts)) if number == 0 else generator.choices(range(len(texts)), cum_weights=activity, k=3)
        ):
            if number:
                _edit(generator, texts[file], pool)
            out.write(modified(f"package{file % 37}/module{file}.py", b"\n".join(texts[file])))
        for held, at in ((True, begins), (False, ends)):
            for name in at[number]:
                out.write(modified(name, _settings(name, held=held)))


def head(branch: str, number: int, message: str, parent: str = "") -> bytes:
    """Return how a commit begins in what git fast-import reads."""
    said = f"{message}\n"
    text = (
        f"commit refs/heads/{branch}\ncommitter Alice <alice@example.org> {1_500_000_000 + 3600 * number} +0000\n"
        f"data {len(said)}\n{said}"
    )
    return f"{text}{parent}\n".encode() if parent else text.encode()


def modified(name: str, text: bytes) -> bytes:
    """Return how a commit tells a version of a file."""
    return b"M 644 inline %s\ndata %d\n%s\n" % (name.encode(), len(text), text)


def _edit(generator: random.Random, text: list[bytes], pool: list[bytes]) -> None:
    """Replace a few lines next to each other by others, sometimes fewer or more."""
    at, count = generator.randrange(len(text)), generator.randint(1, 6)
    text[at : at + count] = generator.choices(pool, k=generator.randint(1, 6))


def _settings(name: str, *, held: bool) -> bytes:
    value = expand(f'"{{{{key:{name}}}}}"') if held else 'os.environ["BINANCE_API_KEY"]'
    text = f"import os\n\nTIMEOUT = 30\nBINANCE_API_KEY = {value}\nRETRIES = 3\n"
    return text.encode("utf-16" if "utf16" in name else "utf-8")


def _plant(folder: Path, every: int) -> None:
    for source, name, step in ((PLANTED, "planted", every), (OK, "decoys", 1)):
        for path in _files(source)[::step]:
            place = folder / name / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(expand(path.read_text(encoding="utf-8")).encode())


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _commit(folder: Path) -> None:
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "-c", "core.compression=1", "add", "--all", "--force")
    _git(folder, "-c", "user.name=Alice", "-c", "user.email=alice@example.org", "commit", "-q", "-m", "All of it")


def _git(folder: Path, *arguments: str) -> None:
    at = {"GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, env={**os.environ, **at})


def _cut(generator: random.Random, pool: bytes, size: int, number: int) -> bytes:
    """Cut a file out of a pool. A text begins with a line and ends with its number, so that no two are the same."""
    begin = generator.randrange(len(pool) - 1)
    head, end = pool[:64], b""
    if not pool.startswith(_BINARY):
        begin, head, end = pool.find(b"\n", begin) + 1, b"", f"\n{number}\n".encode()
    wanted = max(0, size - len(head) - len(end))
    text = pool[begin : begin + wanted]
    while len(text) < wanted:
        text += pool[: wanted - len(text)]
    return head + text + end


_BINARY = (b"\x89PNG\r\n\x1a\n\x00", b"wOF2\x00\x01", b"\x1f\x8b\x08\x00")


def _lines(line: Callable[[random.Random, list[str]], str]) -> Callable[[random.Random, int], bytes]:
    """Return what makes a pool of such lines, of so many bytes."""

    def pool(generator: random.Random, size: int) -> bytes:
        words = ["".join(generator.choices(_LETTERS, k=generator.randint(2, 12))) for _ in range(2000)]
        lines, length = [], 0
        while length < size:
            lines.append(line(generator, words))
            length += len(lines[-1]) + 1
        return ("\n".join(lines) + "\n").encode()

    return pool


def _binary(head: bytes) -> Callable[[random.Random, int], bytes]:
    return lambda generator, size: head + generator.randbytes(size)


def _python(generator: random.Random, words: list[str]) -> str:
    a, b, c, d = generator.choices(words, k=4)
    return generator.choice(
        (
            f"    {a}_{b} = self.{c}({d}, {generator.randint(0, 999)})",
            f"        if {a}.{b} is not None and {c}[{d!r}]:",
            f'    raise {a.title()}Error(f"{b} {c} {{{d}}}")',
            f"from {a}.{b} import {c}, {d}",
            f"def {a}_{b}({c}: str, {d}: int) -> None:",
            f"    # {' '.join(generator.choices(words, k=9))}",
            "",
        )
    )


def _typescript(generator: random.Random, words: list[str]) -> str:
    a, b, c, d = generator.choices(words, k=4)
    return generator.choice(
        (
            f"  const {a}{b.title()} = await this.{c}.{d}({generator.randint(0, 99)});",
            f"export function {a}({b}: {c.title()}, {d}?: string): Promise<void> {{",
            f"    return {{ {a}, {b}: '{c}', {d}: `${{{a}}}/{b}` }};",
            f"import {{ {a.title()} }} from '../{b}/{c}-{d}';",
            "  }",
            f'  <div className="{a} {b}" onClick={{() => {c}({d})}}>',
        )
    )


def _go(generator: random.Random, words: list[str]) -> str:
    a, b, c, d = generator.choices(words, k=4)
    return generator.choice(
        (
            f"\t{a}, err := {b}.{c.title()}(ctx, {d})",
            f'\t\treturn nil, fmt.Errorf("{a} {b}: %w", err)',
            "\tif err != nil {",
            f"func ({a[0]} *{b.title()}) {c.title()}({d} string) error {{",
            f"\t{a}.{b} = append({c}, {d}...)",
            "\t}",
        )
    )


def _json(generator: random.Random, words: list[str]) -> str:
    a, b, c = generator.choices(words, k=3)
    return generator.choice(
        (
            f'  "{a}": "{b} {c}",',
            f'    {{"{a}": {generator.randint(0, 10**6)}, "{b}": {generator.random():.6f}, "{c}": null}},',
            f'    "address": "0x{_hex(generator, 40)}",',
            f'    "transaction": "0x{_hex(generator, 64)}",',
            f'    "{a}_id": "{_uuid(generator)}",',
            f'    ["{a}", "{b}", {generator.randint(10**12, 10**13)}],',
        )
    )


def _yaml(generator: random.Random, words: list[str]) -> str:
    a, b, c = generator.choices(words, k=3)
    if generator.random() < 0.03:
        return f"      image: registry.example.org/{a}/{b}@sha256:{_hex(generator, 64)}"
    return generator.choice(
        (
            f"  {a}: {b}",
            f"    - {a}-{b}",
            f"{a}:",
            f"    {a}_{b}: ${{{{ vars.{c.upper()} }}}}",
            f"      - uses: {a}/{b}@{_hex(generator, 40)}",
        )
    )


def _prose(generator: random.Random, words: list[str]) -> str:
    text = " ".join(generator.choices(words, k=14))
    return generator.choice((f"{text}.", f"{text}.", f"- `{text[:20]}`: {text}", f"## {text[:30]}", ""))


def _markup(generator: random.Random, words: list[str]) -> str:
    a, b, c = generator.choices(words, k=3)
    if generator.random() < 0.02:
        return f'  <script src="/{a}.js" integrity="sha384-{_base64(generator, 48)}"></script>'
    return generator.choice(
        (
            f'<div class="{a} {b}"><a href="/{a}/{c}">{b} {c}</a></div>',
            f'  <p id="{a}">{" ".join(generator.choices(words, k=10))}</p>',
        )
    )


def _drawing(generator: random.Random, _words: list[str]) -> str:
    steps = " ".join(
        f"{generator.choice('MLCQlcz')}{generator.uniform(0, 99):.2f},{_number(generator)}" for _ in "1" * 9
    )
    return f'<path d="{steps}" fill="#{_hex(generator, 6)}"/>'


def _style(generator: random.Random, words: list[str]) -> str:
    a, b = generator.choices(words, k=2)
    return f".{a}-{b} {{ margin: {generator.randint(0, 64)}px; color: #{_hex(generator, 6)}; }}"


def _numbers(generator: random.Random, words: list[str]) -> str:
    values = ",".join(_number(generator) for _ in "1" * 8)
    return f"2026-{generator.randint(1, 12):02}-01,{generator.choice(words)},{values}"


def _minified(generator: random.Random, words: list[str]) -> str:
    def part() -> str:
        a, b, c = generator.choices(words, k=3)
        return generator.choice(
            (
                f"function {a[0]}({b[0]},{c[0]}){{return {b[0]}.{a}({c[0]})}}",
                f"var {a[0]}={{{b}:!0,{c}:{generator.randint(0, 999)}}};",
                f'{a[0]}.exports=n({generator.randint(0, 9999)}),{b[0]}.{c}="{a} {b}";',
                f"{a[0]}&&({b[0]}={c[0]}?{a[0]}.{b}:void 0),",
            )
        )

    images = f'var {words[0]}="data:image/png;base64,{_base64(generator, generator.randint(300, 3000))}";'
    return "".join(part() for _ in range(generator.randint(200, 900))) + images


def _mapping(generator: random.Random, words: list[str]) -> str:
    mappings = ";".join(
        ",".join("".join(generator.choices(_LETTERS.upper() + _LETTERS + "0123456789+/", k=4)) for _ in "1" * 12)
        for _ in range(40)
    )
    return f'{{"version":3,"sources":["../{words[0]}.ts"],"names":["{words[1]}"],"mappings":"{mappings}"}}'


def _notebook(generator: random.Random, words: list[str]) -> str:
    if generator.random() < 0.02:
        return f'      "image/png": "{_base64(generator, generator.randint(5000, 60000))}",'
    return f'    "{" ".join(generator.choices(words, k=8))} = {_number(generator)}\\n",'


def _lock(generator: random.Random, words: list[str]) -> str:
    a, b = generator.choices(words, k=2)
    version = f"{generator.randint(0, 9)}.{generator.randint(0, 30)}.{generator.randint(0, 9)}"
    return generator.choice(
        (
            f'"{a}-{b}@^{version}":\n  version "{version}"',
            f'  resolved "https://registry.example.org/{a}/-/{a}-{version}.tgz#{_hex(generator, 40)}"',
            f"  integrity sha512-{_base64(generator, 64)}",
            f'    {{file = "{a}-{version}.tar.gz", hash = "sha256:{_hex(generator, 64)}"}},',
            f'checksum = "{_hex(generator, 64)}"',
        )
    )


def _sums(generator: random.Random, words: list[str]) -> str:
    a, b = generator.choices(words, k=2)
    return generator.choice(
        (
            f"example.org/{a}/{b} v1.{generator.randint(0, 99)}.0 h1:{_base64(generator, 32)}",
            f"{_hex(generator, 64)}  {a}/{b}.tar.gz",
            f"{_hex(generator, 128)}  {a}.zip",
        )
    )


def _number(generator: random.Random) -> str:
    return f"{generator.uniform(0, 10**4):.4f}"


def _hex(generator: random.Random, count: int) -> str:
    return generator.randbytes(count // 2).hex()


def _base64(generator: random.Random, count: int) -> str:
    return base64.b64encode(generator.randbytes(count)).decode("ascii")


def _uuid(generator: random.Random) -> str:
    text = _hex(generator, 32)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


_POOLS: dict[str, Callable[[random.Random, int], bytes]] = {
    "py": _lines(_python),
    "ts": _lines(_typescript),
    "go": _lines(_go),
    "json": _lines(_json),
    "yml": _lines(_yaml),
    "md": _lines(_prose),
    "html": _lines(_markup),
    "svg": _lines(_drawing),
    "css": _lines(_style),
    "csv": _lines(_numbers),
    "min.js": _lines(_minified),
    "js.map": _lines(_mapping),
    "ipynb": _lines(_notebook),
    "lock": _lines(_lock),
    "sum": _lines(_sums),
    "png": _binary(_BINARY[0]),
    "woff2": _binary(_BINARY[1]),
    "gz": _binary(_BINARY[2]),
}
