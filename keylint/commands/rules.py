"""keylint rules: list, show, test and document the rules of a policy, and give the schemas of its files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keylint.commands import Command
from keylint.console import is_terminal, put, say
from keylint.errors import UsageError
from keylint.summary import CLEAN, FOUND, NOT_COMPLETE

if TYPE_CHECKING:
    import argparse

_SCHEMAS = ("rule", "pack", "config", "inventory", "targets")
_EXAMPLES = """\
examples:
  keylint rules list                       the rules of the policy in force here
  keylint rules show hardcoded-api-key     everything about one
  keylint rules test                       run the examples of every rule
  keylint rules test policies/acme         those of a pack of one's own, or of one rule file
  keylint rules schema config > config.schema.json
  keylint rules docs --output docs/rules   a page a rule, and an index

exit codes:
  0 done   1 an example failed, or with --check a page is not up to date   2 usage, configuration or rule error
"""


def _arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str, summary: str) -> argparse.ArgumentParser:
        description = f"{summary[0].upper()}{summary[1:]}."
        return actions.add_parser(
            name, help=summary, description=description, epilog=_EXAMPLES, formatter_class=parser.formatter_class
        )

    listing = action("list", "a table of the rules, whether each is on, and where that comes from")
    show = action("show", "everything about a rule, with its examples")
    show.add_argument("id", metavar="ID", help="the rule's id")
    test = action("test", "run the examples of rules")
    test.add_argument(
        "paths", nargs="*", metavar="PATH", help="packs, rule files or configurations (default: the policy in force)"
    )
    schema = action("schema", "the JSON Schema of the files that users write")
    schema.add_argument("name", nargs="?", choices=_SCHEMAS, help="which one (default: all, by name)")
    schema.add_argument("--output", metavar="FOLDER", help="write NAME.schema.json files there instead")
    docs = action("docs", "write one page a rule, and an index")
    docs.add_argument("--output", metavar="FOLDER", default="docs/rules", help="where to (default: docs/rules)")
    docs.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a page is not up to date")
    for one in (listing, show, test, docs):
        one.add_argument("--config", metavar="FILE", help="the configuration (default: that of the current folder)")
        one.add_argument("--isolated", action="store_true", help="ignore the current folder's configuration")
    for one in (listing, show, test):
        one.add_argument("--format", choices=("text", "json"), default="text", help="(default: text)")


def _run(arguments: argparse.Namespace) -> int:
    return _ACTIONS[arguments.action](arguments)


def _list(arguments: argparse.Namespace) -> int:
    from keylint.commands._rules.catalogue import catalogue, policy_in_force
    from keylint.commands._rules.listing import as_json, as_text

    known = list(catalogue(policy_in_force(arguments.config, isolated=arguments.isolated)).values())
    return _put(as_json(known) if arguments.format == "json" else as_text(known, _width()))


def _show(arguments: argparse.Namespace) -> int:
    from keylint.commands._rules.catalogue import catalogue, named, policy_in_force
    from keylint.commands._rules.sheet import as_json, as_text

    policy = policy_in_force(arguments.config, isolated=arguments.isolated)
    known = named(catalogue(policy), arguments.id)
    return _put((as_json if arguments.format == "json" else as_text)(known, policy))


def _test(arguments: argparse.Namespace) -> int:
    from keylint.commands._rules.examples import run
    from keylint.commands._rules.results import as_json, as_text
    from keylint.commands._rules.selection import chosen
    from keylint.pipeline import prepare

    rules = chosen(arguments.paths, arguments.config, isolated=arguments.isolated)
    prepare()
    outcomes = [outcome for one in rules for outcome in run(one.rule, one.bench)]
    code = CLEAN if all(outcome.passed for outcome in outcomes) else FOUND
    return _put((as_json if arguments.format == "json" else as_text)(outcomes), code)


def _schema(arguments: argparse.Namespace) -> int:
    import json

    from keylint.files import replace
    from keylint.policy.schema import schemas

    wanted = {name: one for name, one in schemas().items() if arguments.name in (None, name)}
    if arguments.output is None:
        return _put(
            json.dumps(wanted[arguments.name] if arguments.name else wanted, indent=2, ensure_ascii=False) + "\n"
        )
    try:
        os.makedirs(arguments.output, exist_ok=True)
        for name, one in wanted.items():
            file = os.path.join(arguments.output, f"{name}.schema.json")
            replace(file, json.dumps(one, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise UsageError(f"{arguments.output}: cannot be written: {error.strerror}") from None
    return CLEAN


def _docs(arguments: argparse.Namespace) -> int:
    from keylint.commands._rules.catalogue import catalogue, policy_in_force
    from keylint.commands._rules.pages import pages, stale, write

    policy = policy_in_force(arguments.config, isolated=arguments.isolated)
    wanted = pages(list(catalogue(policy).values()), policy)
    if arguments.check:
        old = stale(arguments.output, wanted)
        for name in old:
            say(f"not up to date: {os.path.join(arguments.output, name)}")
        return FOUND if old else CLEAN
    changed = write(arguments.output, wanted)
    return _put(f"{len(wanted)} pages in {arguments.output}, {len(changed)} changed.\n")


def _put(text: str, code: int = CLEAN) -> int:
    from keylint.recognition.masking import mask_keys

    # Whoever wrote a key into a rule does not get it printed. What nobody can read has not been done.
    return code if put(mask_keys(text)) else code or NOT_COMPLETE


def _width() -> int | None:
    if not is_terminal():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


_ACTIONS = {"list": _list, "show": _show, "test": _test, "schema": _schema, "docs": _docs}
COMMAND = Command("list, show, test and document the rules", _EXAMPLES, _arguments, _run)
