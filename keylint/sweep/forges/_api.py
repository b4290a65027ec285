"""A forge's REST API as asked by a patient client: in pages, with waits, and with a token that goes nowhere else."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from keylint.errors import SourceFailed, UsageError

if TYPE_CHECKING:
    import httpx

# Units: seconds. GitHub counts by the hour.
_LONGEST_WAIT = 3600.0
_SILENCE = 30.0
_LONGEST_ANSWER = 120.0
_MOST_TRIES = 5
_MOST_REFUSALS = 20
_MOST_REDIRECTIONS = 5
_MOST_PAGES = 10_000
# A page of a hundred repositories is a megabyte at most. Units: bytes.
_LARGEST = 32 << 20
_FAULTS = frozenset({500, 502, 503, 504})
_REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
# Units: characters.
_LONGEST_REASON = 200
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,6})?")
_NEXT = re.compile(r'<([^>]*)>\s*;[^,<]*\brel="?next"?')

# What GitHub says of a list that leaves out what single sign-on protects: `partial-results; organizations=1,2`.
_SIGN_ON, _PARTIAL = "X-GitHub-SSO", "partial-results"

Query = Mapping[str, str]


class Answer(NamedTuple):
    """What a server answered, as JSON; None where it knows no such thing."""

    value: Any
    next: str | None


NOTHING = Answer(None, None)


class Token(NamedTuple):
    """A token, the variable it came from, and the headers that carry it."""

    text: str
    variable: str
    headers: Mapping[str, str]


class Api:
    """The API of one server. Nothing is asked of any other, wherever an answer points."""

    def __init__(
        self,
        title: str,
        base: str,
        headers: Mapping[str, str],
        token: Token | None,
        hint: str,
        *,
        say: Callable[[str], None],
    ) -> None:
        try:
            import httpx
        except ImportError:
            raise UsageError(f"listing repositories of {title} needs more: pip install 'keylint[sweep]'") from None
        # Besides those that httpx brings, the authorities that the system, and so git, trusts.
        trust = httpx.create_ssl_context()
        trust.load_default_certs()
        carried = token.headers if token is not None else {}
        self.token = token
        self._hint = hint
        self._base = httpx.URL(base.rstrip("/") + "/")
        self._name = f"{title} at {self._base.netloc.decode('ascii')}"
        self._say = say
        self._left = _LONGEST_WAIT
        # Why the lists that were asked for so far are not whole, if one is not.
        self.lacking = ""
        self._client = httpx.Client(
            headers={"User-Agent": "keylint", **headers, **carried},
            timeout=_SILENCE,
            follow_redirects=False,
            verify=trust,
        )

    def close(self) -> None:
        self._client.close()

    def items(self, path: str, query: Query) -> Iterator[Any] | None:
        """Return the items of a list of which each page names the next; None if there is no such list."""
        first = self.ask(path, query)
        return None if first is NOTHING else self._items(first)

    def _items(self, page: Answer) -> Iterator[Any]:
        seen: set[str] = set()
        while True:
            yield from self.listed(page.value)
            if page.next is None:
                return
            if page.next in seen or len(seen) == _MOST_PAGES:
                raise self.failed("its list has no end")
            seen.add(page.next)
            page = self._answer(self._within(page.next, "names a next page at"))

    def numbered(self, path: str, query: Query) -> Iterator[Any] | None:
        """Return the items of a list whose pages are asked for until one is empty; None if there is no such list."""
        first = self.ask(path, {**query, "page": "1"})
        return None if first is NOTHING else self._numbered(first, path, query)

    def _numbered(self, page: Answer, path: str, query: Query) -> Iterator[Any]:
        for number in range(2, _MOST_PAGES):
            found = self.listed(page.value)
            if not found:
                return
            yield from found
            page = self.ask(path, {**query, "page": str(number)})
        raise self.failed("its list has no end")

    def ask(self, path: str, query: Query | None = None, *, forbidden: Answer | None = None) -> Answer:
        """Return what the server answers at a path below its API; `forbidden` where it does not allow that to be asked.

        Raises: SourceFailed
        """
        return self._answer(self._base.join(path).copy_merge_params(dict(query or {})), forbidden)

    def listed(self, value: Any) -> list[dict[str, Any]]:
        """Return what must be a list of objects. Raises: SourceFailed if it is none, or there is none."""
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            return value
        raise self.failed("expected a list of repositories, found something else")

    def failed(self, text: str) -> SourceFailed:
        """Return the error that says so of this server, without the token in whatever it said."""
        return SourceFailed(f"{self._name}: {self._clean(text)}")

    def missing(self, organisation: str, kinds: str) -> SourceFailed:
        """Return the error that there is nobody of this name."""
        return self.failed(f"no {kinds} '{organisation}', or none that may be seen {self._by()}")

    def _answer(self, url: httpx.URL, forbidden: Answer | None = None) -> Answer:
        for _ in range(_MOST_REDIRECTIONS):
            response, text = self._response(url)
            if forbidden is not None and response.status_code == 403:
                return forbidden
            if response.status_code not in _REDIRECTIONS:
                return self._judged(response, text)
            url = self._within(response.headers.get("Location", ""), "redirects to")
        raise self.failed("its redirections have no end")

    def _within(self, location: str, does: str) -> httpx.URL:
        """Return a URL that the server names. Raises: SourceFailed if it leads to another, where no token must go."""
        import httpx

        try:
            url = self._base.join(location)
        except httpx.InvalidURL:
            raise self.failed(f"{does} no URL") from None
        if (url.scheme, url.host, url.port) != (self._base.scheme, self._base.host, self._base.port):
            raise self.failed(f"{does} another server, {url.scheme}://{url.host}, which is not asked")
        return url

    def _response(self, url: httpx.URL) -> tuple[httpx.Response, bytes]:
        """Return a response that is no passing failure, after as many tries and waits as it takes."""
        import httpx

        faults = refusals = 0
        while True:
            try:
                response, text = self._once(url)
            except httpx.RequestError as error:
                if "CERTIFICATE_VERIFY_FAILED" in str(error):
                    told = f"its certificate is not trusted: {error}; SSL_CERT_FILE may name who to trust"
                    raise self.failed(told) from None
                faults += 1
                reason, seconds = f"cannot be asked: {error or type(error).__name__}", None
            else:
                seconds = _asked_to_wait(response, time.time())
                if _is_limit(response, text, seconds):
                    refusals += 1
                    reason = "its limit of requests is reached"
                elif response.status_code in _FAULTS:
                    faults += 1
                    reason = f"answers {response.status_code}"
                else:
                    return response, text
            if faults == _MOST_TRIES or refusals == _MOST_REFUSALS:
                raise self.failed(f"{reason}, {faults or refusals} times")
            self._wait(2.0 ** (faults + refusals - 1) if seconds is None else max(seconds, 1.0), reason)

    def _wait(self, seconds: float, reason: str) -> None:
        if seconds > self._left:
            raise self.failed(f"{reason}, for {seconds:.0f} seconds more; of waiting, {self._left:.0f} are left")
        self._left -= seconds
        self._say(f"{self._name}: {self._clean(reason)}; waiting for {seconds:.0f} seconds")
        time.sleep(seconds)

    def _once(self, url: httpx.URL) -> tuple[httpx.Response, bytes]:
        import httpx

        until = time.monotonic() + _LONGEST_ANSWER
        text = b""
        with self._client.stream("GET", url) as response:
            for piece in response.iter_bytes():
                text += piece
                if len(text) > _LARGEST:
                    raise self.failed(f"an answer is larger than {_LARGEST} bytes")
                if time.monotonic() > until:
                    raise httpx.ReadTimeout(f"no whole answer in {_LONGEST_ANSWER:.0f} seconds")
        return response, text

    def _judged(self, response: httpx.Response, text: bytes) -> Answer:
        code = response.status_code
        if code == 404:
            return NOTHING
        if code == 401:
            if self.token is not None:
                raise self.failed(f"answers 401: the token in {self.token.variable} is not accepted{_said(text)}")
            raise self.failed(f"answers 401: it wants a token; {self._hint}")
        sign_on = response.headers.get(_SIGN_ON, "")
        if code == 403:
            why = "; single sign-on has to authorise it first" if sign_on else ""
            raise self.failed(f"answers 403: not allowed {self._by()}{why}{_said(text)}")
        if code != 200:
            raise self.failed(f"answers {code}{_said(text)}")
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            kind = response.headers.get("Content-Type", "nothing that is named").partition(";")[0]
            raise self.failed(f"expected JSON, found {kind} of {len(text)} bytes that is none") from None
        if sign_on.startswith(_PARTIAL):
            count = len(sign_on.partition("organizations=")[2].split(","))
            organisations = f"{count} organisation{'s' if count > 1 else ''}"
            self.lacking = f"its list is not whole: single sign-on of {organisations} has not authorised the token"
        found = _NEXT.search(response.headers.get("Link", ""))
        return Answer(value, found[1] if found else None)

    def _by(self) -> str:
        return (
            f"with the token in {self.token.variable}" if self.token is not None else f"without a token; {self._hint}"
        )

    def _clean(self, text: str) -> str:
        return text.replace(self.token.text, "…") if self.token is not None else text


def _asked_to_wait(response: httpx.Response, now: float) -> float | None:
    """Return for how many seconds a server wants to be left alone, None if it does not say."""
    headers = response.headers
    after = headers.get("Retry-After", "")
    if after:
        return float(after) if _NUMBER.fullmatch(after) else _until(after, now)
    # GitHub and Gitea say X-RateLimit, GitLab RateLimit.
    for prefix in ("X-RateLimit", "RateLimit"):
        reset = headers.get(f"{prefix}-Reset", "")
        if headers.get(f"{prefix}-Remaining") == "0" and _NUMBER.fullmatch(reset):
            return float(reset) - now
    return None


def _until(date: str, now: float) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(date).timestamp() - now
    except (ValueError, OverflowError):
        return None


def _is_limit(response: httpx.Response, text: bytes, seconds: float | None) -> bool:
    """Tell whether a refusal passes. GitHub refuses with 403 also for good."""
    if response.status_code == 403:
        return seconds is not None or b"rate limit" in text.lower()
    return response.status_code == 429


def _said(text: bytes) -> str:
    """Return what a server gives as its reason, if it gives one."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    said = value.get("message") or value.get("error") if isinstance(value, dict) else None
    return f": {' '.join(said.split())[:_LONGEST_REASON]}" if isinstance(said, str) else ""


def text_of(api: Api, one: Mapping[str, Any], name: str) -> str:
    """Return a text that a repository must have. Raises: SourceFailed."""
    value = one.get(name)
    if isinstance(value, str) and value:
        return value
    raise api.failed(f"expected a repository with '{name}', found none")


def flag_of(one: Mapping[str, Any], name: str) -> bool:
    """Return what a repository says of itself; what it does not say is not so."""
    return one.get(name) is True


def count_of(one: Mapping[str, Any], name: str) -> int:
    """Return a count, 0 if there is none."""
    value = one.get(name)
    return value if isinstance(value, int) and value > 0 else 0
