"""Which findings do not count: inline allows, waivers in force, and the baseline, in this order."""

from __future__ import annotations

from collections.abc import Sequence

from keylint.model import Fact, Suppression
from keylint.policy.policy import Policy
from keylint.policy.waiver import covers, is_expired, suppression, waiver_fact


class Suppressions:
    """Answers for one scan, and remembers which waivers were of use and which comments were not honoured."""

    def __init__(self, policy: Policy, known_rules: Sequence[str], today: str, *, inline: bool) -> None:
        self._policy = policy
        self._known = frozenset(known_rules)
        self._today = today
        self._inline = inline
        self._used: set[int] = set()  # places in the policy's list
        self._notices: dict[str, None] = {}

    def of(self, rule: str, fact: Fact, fingerprint: str) -> Suppression | None:
        """Return why one place of a finding does not count, or None if it does."""
        # Asked for their use even where a comment suffices: a waiver is unused only if it covers nothing.
        waiver = self._waiver(rule, fact, fingerprint)
        return (self._allow(rule, fact) if self._inline else None) or waiver

    def notices(self) -> list[str]:
        """Return what is to be said of comments that were not honoured, in order of their places."""
        return sorted(self._notices)

    def waiver_facts(self, *, whole: bool) -> list[Fact]:
        """Return the waivers as facts. Only a scan of the `whole` repository can tell that one is of no use."""
        policy = self._policy
        return [
            waiver_fact(
                waiver,
                policy.config or "",
                self._today,
                unused=(place not in self._used and not is_expired(waiver, self._today)) if whole else None,
                max_days=policy.vars.get("max_waiver_days"),
            )
            for place, waiver in enumerate(policy.waivers)
        ]

    def _waiver(self, rule: str, fact: Fact, fingerprint: str) -> Suppression | None:
        for place, waiver in enumerate(self._policy.waivers):
            if covers(waiver, rule, fact, fingerprint, self._policy.vars):
                self._used.add(place)
                if not is_expired(waiver, self._today):
                    return suppression(waiver)
        return None

    def _allow(self, rule: str, fact: Fact) -> Suppression | None:
        for allow in fact.allows:
            if not allow.rules or (rule in allow.rules and allow.reason):
                return Suppression("inline", allow.reason)
            place = f"{fact.location.path}:{allow.line}"
            if rule in allow.rules:
                self._notices[f'{place}: the comment allows {rule} without a reason="…", and is not honoured'] = None
            for name in allow.rules:
                if name not in self._known:
                    self._notices[f"{place}: the comment allows {self._unknown(name)}"] = None
        return None

    def _unknown(self, name: str) -> str:
        if not name:
            return "no rule; write allow[rule-id]"
        from difflib import get_close_matches

        near = get_close_matches(name, sorted(self._known), 1)
        return f"the unknown rule '{name}'" + (f"; did you mean '{near[0]}'?" if near else "")
