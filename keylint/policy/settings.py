"""What packs and configurations share: vars, rules switched and graded, overrides by path, patterns of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from keylint.model import SEVERITIES, Client, Pattern, Severity
from keylint.policy.globs import GLOB
from keylint.policy.rule import OnUnknown
from keylint.policy.rule_file import ON_UNKNOWN
from keylint.policy.shapes import (
    ANYTHING,
    FLAG,
    KEBAB_CASE,
    TEXT,
    Field,
    Shape,
    choice,
    described,
    either,
    exactly,
    list_of,
    map_of,
    record,
)
from keylint.policy.source_map import Path, Plain, SourceMap
from keylint.recognition.packages import ECOSYSTEMS, STATUSES

# Longer ones can take minutes to compile.
_LONGEST_PATTERN = 2000


def _pattern(source: SourceMap, path: Path, value: Plain) -> bool:
    if not isinstance(value, str) or not value:
        source.problem(path, f"expected a regular expression, found {described(value)}")
        return False
    if len(value) > _LONGEST_PATTERN:
        source.problem(path, f"expected at most {_LONGEST_PATTERN:,} characters, found {len(value):,}")
        return False
    import regex

    try:
        compiled = regex.compile(value)
    except (regex.error, RecursionError, MemoryError) as error:
        source.problem(path, f"expected a regular expression, found {described(value)}: {error}")
        return False
    if compiled.search("") is not None:
        source.problem(path, f"expected a regular expression that needs characters, found {described(value)}")
        return False
    return True


_SETTING = either(
    "off, on or a mapping with severity or on_unknown",
    FLAG,
    exactly("off", "on"),  # YAML reads these words as true and false, TOML does not
    record(
        {
            "severity": Field(choice("severity", SEVERITIES), "how bad a finding is"),
            "on_unknown": Field(choice("on_unknown", ON_UNKNOWN), "what a missing attribute comes to"),
        }
    ),
)
VARS = Field(map_of(ANYTHING), "values that rules speak of as $vars.name")
RULE_SETTINGS = Field(map_of(_SETTING), "rules by id: off, on, or {severity: …, on_unknown: …}")
OVERRIDES = Field(
    list_of(
        record(
            {
                "paths": Field(list_of(GLOB, least=1), "gitignore-style patterns", required=True),
                "rules": Field(map_of(_SETTING, least=1), "what holds for these paths", required=True),
            }
        )
    ),
    "rules switched or graded for some paths; later ones win",
)
PATTERNS = Field(
    list_of(
        record(
            {
                "id": Field(KEBAB_CASE, "its name", required=True),
                "regex": Field(
                    Shape(_pattern, {"type": "string", "minLength": 1}),
                    "what a credential looks like; the first group, if there is one, is the secret",
                    required=True,
                ),
                "keywords": Field(list_of(TEXT), "words of which a file holds one, in any case, or is not searched"),
                "exchange": Field(exactly("binance.us", "binance.com"), "whose credential it is"),
                "kind": Field(exactly("api_key", "api_secret", "private_key"), "what it is (default: api_key)"),
            }
        )
    ),
    "credentials of one's own",
)


CLIENTS = Field(
    list_of(
        record(
            {
                "ecosystem": Field(choice("ecosystem", ECOSYSTEMS), "where it is published", required=True),
                "name": Field(TEXT, "its name; a trailing * stands for all that begin so", required=True),
                "status": Field(choice("status", STATUSES), "what it is", required=True),
                "floor": Field(TEXT, "the least version that is in order"),
                "replacement": Field(TEXT, "what to use instead"),
                "reason": Field(TEXT, "why, in words"),
            }
        )
    ),
    "packages besides the clients that keylint knows, or judged otherwise than it does",
)


class RuleSetting(NamedTuple):
    """What one place of a policy says of one rule; None where it says nothing."""

    rule: str
    on: bool
    severity: Severity | None
    on_unknown: OnUnknown | None
    origin: str


class Override(NamedTuple):
    """What holds for some paths."""

    paths: tuple[str, ...]
    rules: tuple[RuleSetting, ...]
    origin: str


class Settings(NamedTuple):
    """The settings of one pack or configuration, with the places that they come from."""

    vars: dict[str, Plain]
    var_origins: dict[str, str]
    rules: tuple[RuleSetting, ...]
    overrides: tuple[Override, ...]
    patterns: tuple[Pattern, ...]
    clients: tuple[Client, ...]

    def check_rules(self, source: SourceMap, known: Sequence[str]) -> None:
        """Note every rule named that does not exist."""
        value = source.value
        assert isinstance(value, dict)
        overrides = value.get("overrides")
        named: list[tuple[Path, Plain]] = [(("rules",), value.get("rules"))]
        for place, override in enumerate(overrides if isinstance(overrides, list) else ()):
            if isinstance(override, dict):
                named.append((("overrides", place, "rules"), override.get("rules")))
        for path, rules in named:
            for rule in rules if isinstance(rules, dict) else ():
                if rule not in known:
                    source.unknown((*path, rule), rule, "rule", tuple(known))


def read_settings(source: SourceMap, label: str, known_vars: dict[str, Plain], *, declares: bool) -> Settings:
    """Return what of a file is well-formed; its shape has been checked, what else is wrong is noted here.

    A pack declares variables; a configuration sets declared ones, to values of the same type.
    """
    value = source.value if isinstance(source.value, dict) else {}
    own = value.get("vars")
    vars_: dict[str, Plain] = own if isinstance(own, dict) else {}
    for name, given in vars_.items():
        if name not in known_vars:
            if not declares:
                source.unknown(("vars", name), name, "variable", tuple(known_vars))
        elif _type(given) != _type(known_vars[name]):
            expected = _type(known_vars[name])
            source.problem(("vars", name), f"expected {expected} for '{name}', found {described(given)}")
    listed = value.get("overrides")
    overrides: list[Override] = []
    for place, override in enumerate(listed if isinstance(listed, list) else ()):
        match override:
            case {"paths": list(paths), "rules": dict(rules)}:
                globs = tuple(glob for glob in paths if isinstance(glob, str))
                path: Path = ("overrides", place)
                settings = _settings(source, (*path, "rules"), rules, label)
                overrides.append(Override(globs, settings, _origin(source, label, path)))
    return Settings(
        vars=vars_,
        var_origins={name: _origin(source, label, ("vars", name)) for name in vars_},
        rules=_settings(source, ("rules",), value.get("rules"), label),
        overrides=tuple(overrides),
        patterns=_patterns(source, value.get("patterns"), label),
        clients=_clients(source, value.get("clients"), label),
    )


def _type(value: Plain) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "nothing" if value is None else "a list" if isinstance(value, list) else "a mapping"


def _origin(source: SourceMap, label: str, path: Path) -> str:
    """Name the pack for what is built in, whose files nobody has at hand, and the place for what the user wrote."""
    return label if label.startswith("keylint:") else source.origin(path)


def _settings(source: SourceMap, path: Path, value: Plain, label: str) -> tuple[RuleSetting, ...]:
    settings: list[RuleSetting] = []
    for rule, given in value.items() if isinstance(value, dict) else ():
        origin = _origin(source, label, (*path, rule))
        if isinstance(given, bool) or given in ("off", "on"):
            settings.append(RuleSetting(rule, given in (True, "on"), None, None, origin))
        elif isinstance(given, dict):
            severity, on_unknown = given.get("severity"), given.get("on_unknown")
            settings.append(
                RuleSetting(
                    rule,
                    True,
                    next((one for one in SEVERITIES if one == severity), None),
                    next((one for one in ON_UNKNOWN if one == on_unknown), None),
                    origin,
                )
            )
    return tuple(settings)


def _patterns(source: SourceMap, value: Plain, label: str) -> tuple[Pattern, ...]:
    patterns: list[Pattern] = []
    for place, given in enumerate(value if isinstance(value, list) else ()):
        match given:
            case {"id": str(name), "regex": str(regex), **rest}:
                keywords, exchange = rest.get("keywords"), rest.get("exchange")
                patterns.append(
                    Pattern(
                        name,
                        regex,
                        tuple(str(word) for word in keywords) if isinstance(keywords, list) else (),
                        exchange if isinstance(exchange, str) else None,
                        str(rest.get("kind", "api_key")),
                        _origin(source, label, ("patterns", place)),
                    )
                )
    names = [pattern.id for pattern in patterns]
    for place, name in enumerate(names):
        if name in names[:place]:
            source.problem(("patterns", place), f"pattern '{name}' is defined twice")
    return tuple(patterns)


def _clients(source: SourceMap, value: Plain, label: str) -> tuple[Client, ...]:
    clients: dict[tuple[str, str], Client] = {}
    for place, given in enumerate(value if isinstance(value, list) else ()):
        match given:
            case {"ecosystem": str(ecosystem), "name": str(name), "status": str(status), **rest}:
                if (ecosystem, name) in clients:
                    source.problem(("clients", place), f"client '{name}' of {ecosystem} is given twice")
                optional = {key: str(rest[key]) for key in ("floor", "replacement", "reason") if key in rest}
                origin = _origin(source, label, ("clients", place))
                clients[ecosystem, name] = Client(
                    ecosystem,
                    name,
                    status,
                    optional.get("floor"),
                    optional.get("replacement"),
                    optional.get("reason", ""),
                    origin=origin,
                )
    return tuple(clients.values())
