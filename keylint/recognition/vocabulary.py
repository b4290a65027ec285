"""What a name says about the value bound to it. Names are compared in lower case without separators."""

from __future__ import annotations

import re
from typing import Literal

NameClass = Literal["api_key", "api_secret", "key", "secret", "other", "digest", "none"]

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# Plain words, compared with `in`: a pattern of a hundred alternatives takes longer to compile than a scan.
# Values that are public by nature, or no credential at all. The exchange's own listenKey lives for an hour.
_DIGEST = tuple(
    "listenkey listentoken hash digest checksum signature fingerprint integrity thumbprint merkle txid transactionid "
    "orderid clientorder etag revision commit cursor nonce recaptcha sitekey publishable measurement googleanalytics "
    "extensionid sha1 sha2 sha3 sha5 md5 blake".split()
)
_DIGEST_LAST_WORDS = frozenset("sig uuid guid cid tx address addr id ids".split())
# Words of other services and purposes: a 64-character secret, but not one of the exchange.
_OTHER = tuple(
    "jwt session cookie csrf xsrf oauth clientid clientsecret webhook django rails laravel flask nextauth "
    "encrypt cipher salt seed mnemonic telegram discord slack github gitlab gitea sentry stripe paypal twilio "
    "sendgrid mailgun openai anthropic huggingface aws azure gcp google firebase supabase cloudflare datadog "
    "heroku vercel netlify infura alchemy etherscan bscscan polygonscan coingecko coinmarketcap bybit okx okex "
    "kucoin kraken coinbase gemini bitfinex bitmex huobi htx gateio bitget mexc bingx phemex deribit poloniex "
    "bittrex bitstamp cryptocom bitvavo whitebit lbank ascendex woox coinex bitmart hyperliquid grafana influx "
    "elastic mongo mysql postgres redis rabbit kafka algolia mapbox pusher auth0 okta keycloak cognito "
    "verification confirm reset invite refreshtoken idtoken bearer accesstoken licence license npm pypi nuget "
    "sonar codecov".split()
)
# The last ones are misspellings that were met.
_EXCHANGE = ("binance", "mbx", "bnb", "binace", "bianance", "bianace", "binnance")
_SECRET = tuple("secret apisec seckey privatekey privkey hmac signingkey signkey apiprivate".split())
_API_KEY = tuple(
    "apikey apitoken mbxapi accesskey apiaccess keyapi publickey apipub apiid exchangekey binancekey".split()
)
_KEY_WORDS = frozenset("key keys ak k token auth authorization credential credentials login user apik".split())
_SECRET_WORDS = frozenset("sk s pass password passwd pwd passphrase private sec sign".split())

_CLIENT = re.compile(
    r"binance|client|exchange|ccxt|spot|futures|margin|trader|broker|connector|credential|account|restapi|"
    r"\bapi\b|api$|hmac|login|auth|bot\b|sdk",
    re.IGNORECASE,
)
_HMAC = re.compile(r"hmac", re.IGNORECASE)

_NEARBY = re.compile(
    r"api[ _.-]?keys?\b|apikey|api[ _.-]?secret|secret[ _.-]?key|\bsecrets?\b|x-mbx|access[ _.-]?key|credentials?\b|"
    r"_key\b|_secret\b|api[ _.-]?sec\b"
)


def words(name: str) -> list[str]:
    """Split an identifier into its lower-case words: camelCase, snake_case, kebab-case, dotted."""
    return [word.lower() for word in _WORDS.findall(name)]


def classify(name: str) -> NameClass:
    """Return what a name promises of its value; `key` and `secret` are the weak forms."""
    parts = words(name)
    compact = "".join(parts)
    if _has(compact, _DIGEST) or (parts and parts[-1] in _DIGEST_LAST_WORDS):
        return "digest"
    of_exchange = _has(compact, _EXCHANGE)
    if not of_exchange and _has(compact, _OTHER):
        return "other"
    if _has(compact, _SECRET):
        return "api_secret"
    if _has(compact, _API_KEY) or (of_exchange and "key" in parts):
        return "api_key"
    if _SECRET_WORDS.intersection(parts):
        return "secret"
    if _KEY_WORDS.intersection(parts):
        return "key"
    return "none"


def names_exchange(name: str) -> bool:
    """Tell whether a name speaks of the exchange, misspellings included."""
    return _has("".join(words(name)), _EXCHANGE)


def is_client(callee: str) -> bool:
    """Tell whether a called name takes keys: a client, an exchange, a signature."""
    return _CLIENT.search(callee) is not None


def signs(callee: str) -> bool:
    """Tell whether a called name makes a signature, so that its key argument is the secret."""
    return _HMAC.search(callee) is not None


def speaks_of_credentials(lowered: str) -> bool:
    """Tell whether a lower-case text names keys or secrets."""
    return _NEARBY.search(lowered) is not None


def _has(compact: str, stems: tuple[str, ...]) -> bool:
    return any(stem in compact for stem in stems)
