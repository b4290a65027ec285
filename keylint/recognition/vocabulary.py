"""What a name says about the value bound to it."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

NameClass = Literal["api_key", "api_secret", "key", "secret", "other", "digest", "none"]

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SEGMENT = re.compile(r"[^.\[\]>:]+")

# Plain words, not patterns: an alternation of a hundred takes longer to compile than a scan.
# Values that are public by nature, or no credential at all. The exchange's own listenKey lives for an hour.
_DIGEST = frozenset(
    "hash hashes digest checksum signature sig fingerprint integrity thumbprint merkle etag revision commit "
    "cursor nonce sha sha1 sha256 sha384 sha512 md5 blake blake2 uuid guid cid tx txid stream streams tag memo "
    "class classname content href src style clearance".split()
)
_DIGEST_NAMES = tuple(
    "listenkey listentoken txid transactionid orderid clientorder sitekey publishablekey measurementid "
    "extensionid pagetoken nextpagetoken continuationtoken pagekey partitionkey primarykey foreignkey "
    "idempotencykey sortkey cachekey rowkey nexttoken devicetoken".split()
)
_DIGEST_LAST = frozenset("id ids address addr uuid".split())
# Purposes that have secrets of their own, when the name does not also say API key or API secret.
_PURPOSE = frozenset(
    "jwt session sessions cookie cookies csrf xsrf oauth oauth2 webhook django rails laravel flask nextauth "
    "encryption encrypt cipher salt seed mnemonic verification reset invite bearer license licence consumer "
    "blowfish fernet fcm vapid push admin auth0".split()
)
_PURPOSE_NAMES = tuple(
    "clientid clientsecret refreshtoken idtoken accesstoken secretkeybase tokensecret authsecret appsecret "
    "authkey loggedinkey".split()
)
# Services and other exchanges: theirs whatever else the name says.
_SERVICE = frozenset(
    "recaptcha hcaptcha turnstile sumologic sumo telegram discord slack github gitlab gitea sentry stripe "
    "paypal twilio sendgrid mailgun openai anthropic huggingface aws azure gcp google firebase supabase "
    "cloudflare datadog heroku vercel netlify infura alchemy moralis etherscan bscscan polygonscan polygon "
    "coingecko coinmarketcap bybit okx okex kucoin kraken coinbase gemini bitfinex bitmex huobi htx gate "
    "gateio bitget mexc bingx phemex deribit poloniex bittrex bitstamp cryptocom bitvavo whitebit lbank "
    "ascendex woox coinex bitmart hyperliquid dydx ftx alpaca oanda notion hasura maps mapbox grafana influx "
    "influxdb elastic mongo mongodb mysql postgres postgresql redis rabbitmq kafka algolia pusher okta "
    "keycloak cognito npm pypi nuget sonar sonarqube codecov s3 smtp sqs".split()
)
# The last ones are misspellings that were met.
EXCHANGE_STEMS = ("binance", "mbx", "bnb", "binace", "bianance", "bianace", "binnance")
_SECRET = tuple("secret secrets apisecret apisec seckey secretkey privatekey privkey hmac signingkey signkey".split())
_SECRETS = frozenset(_SECRET)
_API_KEY = tuple("apikey apikeys apitoken accesskey apiaccess publickey apipub exchangekey binancekey".split())
_STORES = frozenset("firebase supabase mongo mongodb mysql postgres postgresql redis elastic influx influxdb".split())
_OWNERS = _SERVICE - _STORES
_OWNING_PURPOSES = frozenset("jwt session cookie csrf oauth oauth2 webhook django flask nextauth encryption".split())
_OWNERS_AND_PURPOSES = _OWNERS | _OWNING_PURPOSES
_KEY_WORDS = frozenset("key keys ak k api token auth authorization credential credentials apik".split())
_KEY_QUALIFIERS = frozenset(
    "key keys api my the our old new main live real test prod trade trading user account exchange bot client "
    "access app public spot futures master sub your binance us signature hash sign signing".split()
)
_SECRET_WORDS = frozenset("s sk private sec sign passphrase".split())
_NO_KEYS = frozenset("monkey turkey donkey hockey jockey whiskey smokey hotkey".split())
# What may follow a word that is run together with it: `jwtsecret`, `githubtoken`.
_ENDINGS = ("secret", "secrets", "key", "keys", "token", "tokens", "id", "password", "api")
_LONG = 6  # a word of so many letters is looked for inside others

# Methods of a class, and words around it, that construct what it is.
CREATORS = frozenset("new create newinstance getinstance new_with_config default factory from options".split())
_CLIENT = re.compile(
    r"binance|client|exchange|ccxt|spot|futures|margin|trader|broker|connector|credential|account|restapi|"
    r"\bapi\b|api$|hmac|login|auth|bot\b|sdk",
    re.IGNORECASE,
)
_HMAC = re.compile(r"hmac", re.IGNORECASE)

_NEARBY = re.compile(
    r"api[ _.-]?keys?(?![a-z])|apikey|api[ _.-]?secret|secret[ _.-]?key|(?<![a-z])secrets?(?![a-z])|x-mbx|"
    r"access[ _.-]?key|credentials?(?![a-z])|binance\w{0,20}_key|api[ _.-]?sec(?![a-z])"
)


def words(name: str) -> list[str]:
    """Split an identifier into its lower-case words: camelCase, snake_case, kebab-case, dotted."""
    return [word.lower() for word in _WORDS.findall(name)]


@lru_cache(16_384)
def classify(name: str) -> NameClass:
    """Return what a name promises of its value; `key` and `secret` are the weak forms.

    The last segment of a dotted name decides, the ones before it only if they name a service.
    """
    segments = _SEGMENT.findall(name)
    parts = words(segments[-1]) if segments else []
    compact = "".join(parts)
    of_exchange = names_exchange(name)
    strength = _strength(parts, compact, of_exchange=of_exchange)
    if _ends(parts, _DIGEST_NAMES) or _is_digest(parts, strength):
        return "digest"
    if not of_exchange:
        if _says(words(name), _SERVICE):
            return "other"
        if (_says(parts, _PURPOSE) and not _is_explicit(parts, compact)) or _ends(parts, _PURPOSE_NAMES):
            return "other"
    return strength


def names_exchange(name: str) -> bool:
    """Tell whether a name speaks of the exchange, misspellings included."""
    compact = "".join(words(name))
    return any(stem in compact for stem in EXCHANGE_STEMS)


def names_service(name: str) -> bool:
    """Tell whether a name speaks of another service or exchange."""
    return _says(words(name), _SERVICE)


def owns(owner: str, name: str) -> bool:
    """Tell whether what holds a value makes it another service's: `kraken: {apiKey: …}`, `jwt: {secret: …}`.

    A name that says API key or API secret is overruled by a service alone, not by a purpose or a store.
    """
    if names_exchange(owner) or names_exchange(name):
        return False
    parts = words(name)
    stems = _OWNERS if _is_explicit(parts, "".join(parts)) else _OWNERS_AND_PURPOSES
    return _says(words(owner), stems)


def is_client(callee: str) -> bool:
    """Tell whether a called name takes keys: a client, an exchange, a signature."""
    return _CLIENT.search(callee) is not None


def signs(callee: str) -> bool:
    """Tell whether a called name makes a signature, so that its key argument is the secret."""
    return _HMAC.search(callee) is not None


def speaks_of_credentials(lowered: str) -> bool:
    """Tell whether a lower-case text names keys or secrets."""
    return _NEARBY.search(lowered) is not None


def _strength(parts: list[str], compact: str, *, of_exchange: bool) -> NameClass:
    if "secret" in compact or _says(parts, _SECRETS) or compact.endswith(_SECRET):
        return "api_secret"
    if _is_explicit(parts, compact) or (of_exchange and ("key" in parts or compact.endswith("key"))):
        return "api_key"
    if _SECRET_WORDS.intersection(parts):
        return "secret"
    last = next((part for part in reversed(parts) if not part.isdigit()), "")
    if last in ("key", "keys") and not _KEY_QUALIFIERS.issuperset(part for part in parts if not part.isdigit()):
        return "none"  # a cache key, a sort key
    if last in _KEY_WORDS or (last.endswith("key") and last not in _NO_KEYS):
        return "key"
    return "none"


def _is_explicit(parts: list[str], compact: str) -> bool:
    """Tell whether a name says API key or API secret in so many words."""
    pairs = {"".join(pair) for pair in pairwise(parts)}
    spoken = pairs.union(parts)
    return not spoken.isdisjoint((*_API_KEY, "apisecret", "apisec")) or "apikey" in compact or "apisecret" in compact


def _is_digest(parts: list[str], strength: NameClass) -> bool:
    if not parts:
        return False
    if parts[-1] in _DIGEST or any(part in _DIGEST for part in parts[-2:] if part.isalpha() and parts[-1].isdigit()):
        return True
    if parts[-1] in _DIGEST_LAST:
        return strength != "api_key"  # `API_KEY_ID` is what some call the key
    # `hash_secret` and `signature_key` are secrets; `sha256_of_file` is none.
    return strength == "none" and _says(parts, _DIGEST)


def _ends(parts: list[str], names: tuple[str, ...]) -> bool:
    """Tell whether the last words of a name, run together, are one of some names."""
    return any("".join(parts[-count:]) in names for count in range(1, 4))


def _says(parts: list[str], stems: frozenset[str]) -> bool:
    if not stems.isdisjoint(parts):
        return True
    for part in parts:
        if part.endswith(_ENDINGS):
            for ending in _ENDINGS:
                if part.endswith(ending) and part[: -len(ending)] in stems:
                    return True
    compact = "".join(parts)
    return any(stem in compact for stem in _long(stems))


@cache
def _long(stems: frozenset[str]) -> tuple[str, ...]:
    return tuple(stem for stem in stems if len(stem) >= _LONG)
