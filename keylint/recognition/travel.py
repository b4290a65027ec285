"""Where the values of a program travel: keys, addresses and clients, through names, literals and builders.

Each value that is followed has a label; every name has the labels of what it may hold. This is looser than
`keylint.documents.code.flow`: a dictionary or a request that holds a key carries it; what a request returns does not.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

from keylint.documents.code import flow
from keylint.documents.code.values import Argument, Assignment, Call, Code

Name = tuple[int, str]

# What is made of its arguments holds them: builders of texts, addresses, headers, dictionaries and requests.
_BUILDERS = frozenset(
    "str string bytes format sprintf join urljoin urlencode quote dict dumps stringify assign concat url uri "
    "create parse newrequest newrequestwithcontext headers formdata urlsearchparams buffer.from from tostring "
    "to_string some ok unwrap expect clone into as_str strip trim encode decode some to_owned format! getenv "
    "get_secret_value getenvironmentvariable orelse build newbuilder builder header addheader curl_init map "
    "hashmap httprequestmessage array_merge http_build_query stringcontent jsoncontent create_header "
    "formurlencodedcontent append sanitizeurl getenv()".split()
)
# Methods that put their arguments into what they are called on.
_PUTTERS = frozenset(
    "update set add append put setdefault addheader add_header header setheader setrequestheader setrequestproperty "
    "tryaddwithoutvalidation insert push add_field set_header setbaseurl setheaders".split()
)
# Functions that put their arguments into the first of them.
_FILLERS = frozenset("curl_setopt curl_setopt_array curl_easy_setopt object.assign assign".split())
_HOLDERS = frozenset(
    "headers header params data payload body defaultrequestheaders defaults common requestheaders query "
    "x-mbx-apikey".split()
)
_ENVIRONMENTS = frozenset("ENV os.environ environ os env std.env System config settings".split())
_OWN = ("self.", "this.", "@")
_MOST_LABELS = 64


class Travels(NamedTuple):
    """The labels of every name, where it is known. Names of the file are in scope 0."""

    labels: Mapping[Name, frozenset[str]]
    parents: Mapping[int, int]

    def of(self, names: Iterable[str], scope: int) -> set[str]:
        """Return what the names of an expression may hold."""
        found: set[str] = set()
        for name in names:
            for key in places(name, scope, self.parents):
                held = self.labels.get(key)
                if held:
                    found |= held
                    break
        return found


def travels(
    code: Code,
    own: Callable[[Assignment | Call], set[str]],
    derived: Callable[[Assignment], tuple[str, ...]],
) -> Travels:
    """Follow labels through a program.

    `own` says what labels an assignment's value, or a call's arguments, hold by themselves; `derived` of which names
    a value is another form although a call made it.
    """
    parents = {function.scope: function.parent for function in code.functions}
    labels: dict[Name, set[str]] = {}
    readers: dict[Name, list[Name]] = {}
    waiting: list[Name] = []
    calls = Nested(code)

    def give(target: Name, new: set[str] | frozenset[str]) -> None:
        held = labels.setdefault(target, set())
        if len(held) < _MOST_LABELS and not new <= held:
            held |= new
            waiting.append(target)

    def receive(target: str, scope: int, held: set[str], names: Iterable[str]) -> None:
        for name in _targets(target, scope):
            if held:
                give(name, held)
            for read in names:
                for key in places(read, scope, parents):
                    if key != name:
                        readers.setdefault(key, []).append(name)

    for assignment in code.assignments:
        names = (*calls.plain_names(assignment.value), *derived(assignment))
        receive(assignment.target, assignment.scope, own(assignment), names)
    for call in code.calls:
        holder = held_by(call)
        if holder:
            put = [name for argument in call.arguments for name in calls.plain_names(argument)]
            receive(holder, call.scope, own(call), put)
    while waiting:
        key = waiting.pop()
        held = frozenset(labels[key])
        for target in readers.get(key, ()):
            give(target, held)
    return Travels({name: frozenset(held) for name, held in labels.items() if held}, parents)


Item = TypeVar("Item", Call, Assignment)


class Around(Generic[Item]):
    """Things that lie in each other, to be asked for those around an offset. Shape: `spans` are half-open."""

    __slots__ = ("_items", "_parents", "_spans", "_starts")

    def __init__(self, items: Iterable[Item], span: Callable[[Item], tuple[int, int]]) -> None:
        self._items: list[Item] = sorted(items, key=lambda item: (span(item)[0], -span(item)[1]))
        self._spans = [span(item) for item in self._items]
        self._starts = [start for start, _ in self._spans]
        self._parents: list[int] = []
        open_: list[int] = []
        for at, (start, _) in enumerate(self._spans):
            while open_ and self._spans[open_[-1]][1] <= start:
                open_.pop()
            self._parents.append(open_[-1] if open_ else -1)
            open_.append(at)

    def of(self, offset: int) -> list[Item]:
        """Return what an offset lies in, the outermost first."""
        at = bisect_right(self._starts, offset) - 1
        found = []
        while at >= 0:
            if offset < self._spans[at][1]:
                found.append(self._items[at])
            at = self._parents[at]
        return found[::-1]


class Nested:
    """The calls of a program, to be asked for those inside an expression."""

    __slots__ = ("_calls", "_starts", "around", "assigned")

    def __init__(self, code: Code) -> None:
        self._calls = sorted(code.calls, key=lambda call: call.callee_start)
        self._starts = [call.callee_start for call in self._calls]
        self.around = Around(code.calls, lambda call: (call.start, call.end))
        self.assigned = Around(code.assignments, lambda item: (item.value.start, item.value.end))

    def within(self, start: int, end: int) -> list[Call]:
        """Return the calls that are written inside a span."""
        found = []
        for at in range(bisect_left(self._starts, start), len(self._calls)):
            if self._starts[at] >= end:
                break
            if self._calls[at].end <= end:
                found.append(self._calls[at])
        return found

    def chain(self, call: Call) -> list[Call]:
        """Return the calls that begin where one does: `client.post(…)` and `client.post(…).header(…)`."""
        found = []
        # `new Client().options(…)` begins before the name of what is made.
        for start in sorted({call.start, call.callee_start}):
            at = bisect_left(self._starts, start)
            while at < len(self._calls) and self._starts[at] == start:
                found.append(self._calls[at])
                at += 1
        return found

    def plain_names(self, value: Argument) -> tuple[str, ...]:
        """Return the names that an expression hands on: not those that went into a call that makes something else."""
        if not value.names:
            return ()
        lost: set[str] = set()
        for call in self.within(value.start, value.end):
            if not _builds(call):
                lost.update(name for argument in call.arguments for name in argument.names)
                lost.update((call.receiver, call.receiver.partition(".")[0], call.callee))
        return tuple(name for name in value.names if name not in lost) if lost else value.names


def places(name: str, scope: int, parents: Mapping[int, int]) -> Iterable[Name]:
    """Yield where a name may have been given its value; what an object owns may be named without it."""
    if name.startswith(_OWN):
        yield 0, name
        yield 0, name.lstrip("@").partition(".")[2] or name
    else:
        yield from flow.places(name, scope, parents)


def _builds(call: Call) -> bool:
    return _last(call.method) in _BUILDERS or call.method == "Request" or call.receiver in _ENVIRONMENTS


def held_by(call: Call) -> str:
    """Return the name that a call puts its arguments into, empty if into none."""
    method = _last(call.method)
    if method in _FILLERS and call.arguments and call.arguments[0].names:
        return call.arguments[0].names[0]
    if method in _PUTTERS and call.receiver and "(" not in call.receiver:
        return call.receiver
    return ""


def _last(method: str) -> str:
    return method.lower().rstrip("!")


def _targets(name: str, scope: int) -> list[Name]:
    """Return the names that are given a value with one: `session.headers` gives it to `session`."""
    found = [name]
    parts = name.split(".")
    at = next((place for place, part in enumerate(parts) if place and part.lower() in _HOLDERS), len(parts))
    if at < len(parts):
        found.append(".".join(parts[:at]))
        found.append(".".join(parts[: at + 1]))
    elif parts[0].lower() in _HOLDERS and len(parts) > 1:
        found.append(parts[0])
    return [
        (0 if each.startswith(_OWN) else scope, each) for each in dict.fromkeys(found) if each not in ("self", "this")
    ]
