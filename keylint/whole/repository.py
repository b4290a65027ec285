"""What a repository does for its keys as a whole: what it ignores, and whether somebody updates it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain, islice

from keylint.model import Fact, Location, Value
from keylint.recognition.places import context_of, context_of_folder
from keylint.recognition.secret_paths import is_secret_store
from keylint.sieve import holds_word
from keylint.whole.dependencies import clients_of

Read = Callable[[str], str | None]

_TARGETS = ("operation", "endpoint", "credential", "exposure", "dependency", "key", "reference")
_USES = ("code", "config", "notebook")
_UPDATES = re.compile(
    r"(?:\.github/dependabot\.ya?ml|(?:\.github/|\.gitlab/)?renovate\.json[5c]?|\.renovaterc(?:\.json5?)?|"
    r"\.pyup\.ya?ml|\.depfu\.ya?ml|\.scala-steward\.conf|(?:\.github/)?updatecli(?:\.d/.+|\.ya?ml))"
)
_RENOVATE = re.compile(r"\"renovate\"\s*:")
_RENOVATE_RUN = re.compile(r"renovatebot/github-action|\brenovate\b.{0,40}\brun\b|image:\s*\S*renovate")
_WORKFLOW = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
# What any of these paths begins with: there may be 100,000 others.
_UPDATERS = (".", "renovate", "updatecli", "package.json")
# What a copy to be filled in is called besides what it is a copy of: `.env.example`, `conf-sample.js`, `example.env`.
_WRAPPED = re.compile(
    r"(?i)(?:^(?:example|sample|template)[._-]|[._-](?:example|sample|template|tmpl|tpl|dist)(?=[._-]|$))"
)
# A program that keeps its keys in a file of variables: one that loads such files, or reads keys from the environment.
_READS_KEYS = re.compile(
    r"dotenv|env_file|(?:os\.environ|\bgetenv\(|process\.env|import\.meta\.env|env::var|ENV\[|\$_ENV|"
    r"GetEnvironmentVariable)[^\n]{0,60}?(?i:key|secret|token|passw)"
)
# One of these is in all that it matches; they are found ten times as fast.
_may_read_keys = holds_word(
    (
        b"dotenv",
        b"env_file",
        b"os.environ",
        b"getenv(",
        b"process.env",
        b"import.meta.env",
        b"env::var",
        b"env[",
        b"$_env",
        b"getenvironmentvariable",
    )
)
_SOURCES = (".py", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".go", ".java", ".kt", ".rb", ".php", ".rs", ".cs", ".ipynb")
_COMPOSE = re.compile(r"(?:^|/)(?:docker-)?compose[^/]*\.ya?ml$")
# So many sources are read to see whether any reads keys from the environment, those that facts point at first.
_MOST_READ = 200
# Files that tools keep keys in, and what shows in a repository that it uses the tool.
_TOOLS = (
    (re.compile(r"^\.user\.cfg"), "user.cfg"),
    (re.compile(r"^user_data/"), "user_data/config.json"),
    (re.compile(r"^conf/connectors/"), "conf/connectors/binance.yml"),
    (re.compile(r"^conf-sample\.js$"), "conf.js"),
    (re.compile(r"^api-keys\.(?:json\.)?example"), "api-keys.json"),
)
_STARTS_OF_TOOLS = (".user.cfg", "user_data/", "conf/connectors/", "conf-sample.js", "api-keys.")


def facts(found: Sequence[Fact], paths: Sequence[str], read: Read, above: Sequence[tuple[str, str]] = ()) -> list[Fact]:
    """Return what is to be said of a scanned folder: of its keys, and where its clients are asked for, of these.

    `paths` are all scanned files, relative to it; `read` returns the text of one of them. `above` are the .gitignore
    files of the folders above it, the highest first: (the folder's path from there, text).
    """
    speaking = [fact for fact in found if _speaks(fact)]
    place = _place(speaking, paths)
    if not place:
        return []
    clients = clients_of(found)
    keeping: dict[str, Value] = {"uses_exchange": bool(speaking)}
    upkeep: dict[str, Value] = {
        "uses_exchange": bool(speaking),
        "update_automation": has_update_automation(paths, read),
        "dependencies": len(clients),
    }
    if speaking:
        files = secret_files(paths)
        left = not_ignored(paths, read, files, above)
        named = any(path.rpartition("/")[2] == ".env" for path in files)
        if not named and _is_environment_open(speaking, paths, read, above):
            left.append(".env")
        keeping["ignores_secret_files"] = not left
        keeping["not_ignored"] = left
        keeping["names"] = ", ".join(f"`{path}`" for path in left)
    top = Location(place, 1, 1, 1, 1)
    if not clients:
        return [Fact("repository", top, "repository", keeping | upkeep)]
    first = clients[0]
    return [
        Fact("repository", top, "repository", keeping),
        Fact("repository", first.location, "repository", upkeep, first.excerpt, first.allows),
    ]


def has_update_automation(paths: Sequence[str], read: Read) -> bool:
    """Tell whether Dependabot, Renovate or the like is set up."""
    for path in paths:
        if not path.startswith(_UPDATERS):
            continue
        if _UPDATES.fullmatch(path):
            return True
        if path == "package.json" and _RENOVATE.search(read(path) or ""):
            return True
        if _WORKFLOW.fullmatch(path) and "renovate" in path and _RENOVATE_RUN.search(read(path) or ""):
            return True
    return False


def secret_files(paths: Sequence[str]) -> list[str]:
    """Return the files that this repository's tools keep secrets in, and what its copies are to be filled in as."""
    # A tool's file that everybody has holds no secrets, or is a finding of its own.
    showing = [path for path in paths if path.startswith(_STARTS_OF_TOOLS)]
    kept = dict.fromkeys(
        name for shows, name in _TOOLS if any(shows.search(path) for path in showing) and name not in paths
    )
    for path in paths:
        if not _may_be_wrapped(path.lower()):
            continue
        folder, slash, name = path.rpartition("/")
        plain = _WRAPPED.sub("", name)
        if plain != name and plain and context_of_folder(path) == "config":
            bare = folder + slash + plain
            # A copy under another name, such as .user.cfg.example, is among the tools.
            if is_secret_store(bare) and plain != ".user.cfg":
                kept.setdefault(bare)
    return list(kept)


def _may_be_wrapped(lowered: str) -> bool:
    """Tell of nearly all names that nothing is wrapped in them. Written out: a generator takes five times as long."""
    return (
        "example" in lowered
        or "sample" in lowered
        or "template" in lowered
        or "tmpl" in lowered
        or "tpl" in lowered
        or "dist" in lowered
    )


def not_ignored(
    paths: Sequence[str], read: Read, files: Sequence[str], above: Sequence[tuple[str, str]] = ()
) -> list[str]:
    """Return those of some files that no .gitignore leaves out, as git reads them: the deepest that speaks decides."""
    if not files:
        return []
    told = [(prefix.strip("/"), -1, _says(text)) for prefix, text in above]
    ignoring = [path for path in paths if path.endswith(".gitignore")]
    for path in sorted(ignoring, key=lambda path: path.count("/")):
        folder, _, name = path.rpartition("/")
        if name == ".gitignore":
            told.append((folder, path.count("/"), _says(read(path) or "")))

    def is_left_out(path: str) -> bool:
        is_out = False
        for folder, depth, says in told:
            if depth < 0:
                inside = f"{folder}/{path}" if folder else path
            elif not folder or path.startswith(folder + "/"):
                inside = path[len(folder) + 1 :] if folder else path
            else:
                continue
            said = says(inside)
            is_out = is_out if said is None else said
        return is_out

    def is_ignored(path: str) -> bool:
        # Nothing in a folder that is left out can be taken back in.
        parts = path.split("/")
        return any(is_left_out("/".join(parts[:count]) + "/") for count in range(1, len(parts))) or is_left_out(path)

    return [path for path in files if not is_ignored(path)]


def _says(text: str) -> Callable[[str], bool | None]:
    """Return what the patterns of a .gitignore say of a path; lines that are none are left out, as git does."""
    from keylint.policy.globs import is_pattern, verdict

    return verdict(line for line in text.lstrip("\ufeff").splitlines() if is_pattern(line))


def _speaks(fact: Fact) -> bool:
    """Tell whether a fact shows that code or configuration uses the exchange."""
    if fact.target not in _TARGETS:
        return False
    attributes = fact.attributes
    # Keys of whatever service leak; only near the exchange are they more than that.
    if attributes.get("confidence") == "low":
        return False
    if fact.target == "credential" and attributes.get("exchange", "unknown") == "unknown":
        return False
    if fact.target == "credential" and (attributes.get("public_example") or attributes.get("placeholder")):
        return False
    if fact.target in ("dependency", "key"):
        return True
    return str(attributes.get("context") or context_of(fact.location.path)) in _USES


def _is_environment_open(
    found: Sequence[Fact], paths: Sequence[str], read: Read, above: Sequence[tuple[str, str]]
) -> bool:
    """Tell whether a program reads keys from the environment, and git would take an .env beside it or above."""
    first = dict.fromkeys(fact.location.path for fact in found)
    # One after the other: of many files the first few are read.
    each = chain(first, (path for path in paths if path not in first))
    own = (path for path in each if _is_source(path.lower()) and context_of(path) in _USES)
    folders = {tuple(path.split("/")[:-1]) for path in islice(own, _MOST_READ) if _reads_keys(read(path) or "")}
    places = {folder: {"/".join((*folder[:depth], ".env")) for depth in range(len(folder) + 1)} for folder in folders}
    left = set(not_ignored(paths, read, sorted(set().union(*places.values())), above))
    return any(place <= left for place in places.values())


def _is_source(lowered: str) -> bool:
    return lowered.endswith(_SOURCES) or ("compose" in lowered and _COMPOSE.search(lowered) is not None)


def _reads_keys(text: str) -> bool:
    return _may_read_keys(text.encode("ascii", "replace")) and _READS_KEYS.search(text) is not None


def _place(found: Sequence[Fact], paths: Sequence[str]) -> str | None:
    if ".gitignore" in paths:
        return ".gitignore"
    return next((fact.location.path for fact in found), min(paths, default=None))
