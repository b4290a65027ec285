"""Every condition of every shipped rule, turned round piece by piece: some example of the rule must notice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from keylint.commands._rules.examples import examples, run_example
from keylint.commands._rules.selection import Chosen, of_policy
from keylint.policy.conditions import Combined, Condition, Leaf
from keylint.policy.merge import load_policy
from keylint.policy.rule import Rule
from keylint.policy.unparsed import unparsed

CHOSEN = of_policy(load_policy())
PLACES = ("select", "require", "forbid")
OTHER = {"all": "any", "any": "all"}


def mutants(condition: Condition) -> Iterator[Condition]:
    """The condition with one leaf negated, or one combiner of several parts exchanged for the other."""
    if isinstance(condition, Leaf):
        yield Combined("not", (condition,))
        return
    if condition.kind in OTHER and len(condition.parts) > 1:
        yield condition._replace(kind=OTHER[condition.kind])
    for place, part in enumerate(condition.parts):
        for mutant in mutants(part):
            yield condition._replace(parts=(*condition.parts[:place], mutant, *condition.parts[place + 1 :]))


def mutated(rule: Rule) -> Iterator[tuple[str, Rule]]:
    for place in PLACES:
        condition = getattr(rule, place)
        for mutant in mutants(condition) if condition is not None else ():
            changed: dict[str, Any] = {place: mutant}
            yield f"{place}: {unparsed(mutant, rule.target)}", rule._replace(**changed)


def survives(one: Chosen, mutant: Rule) -> bool:
    return all(
        run_example(mutant, verdict, example, one.bench, explain=False).passed
        for verdict, example in examples(one.rule)
    )


@pytest.mark.parametrize("one", CHOSEN, ids=[one.rule.id for one in CHOSEN])
def test_no_mutant_of_a_shipped_rule_survives_its_examples(one: Chosen) -> None:
    assert survives(one, one.rule)
    tried = dict(mutated(one.rule))
    assert tried
    survivors = [what for what, mutant in tried.items() if survives(one, mutant)]
    assert survivors == [], f"add examples to {one.rule.file} that tell these from the rule"


def test_a_mutant_differs_in_one_place() -> None:
    a, b = Leaf("x", "eq", 1), Leaf("y", "eq", 2)
    both = Combined("all", (a, Combined("any", (b,))))
    assert list(mutants(both)) == [
        Combined("any", (a, Combined("any", (b,)))),
        Combined("all", (Combined("not", (a,)), Combined("any", (b,)))),
        Combined("all", (a, Combined("any", (Combined("not", (b,)),)))),
    ]
