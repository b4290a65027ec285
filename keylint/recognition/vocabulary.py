"""What a name says about the value bound to it. Names are compared in lower case without separators."""

from __future__ import annotations

import re
from typing import Literal

NameClass = Literal["api_key", "api_secret", "key", "secret", "other", "digest", "none"]

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# Values that are public by nature, or no credential at all. The exchange's own listenKey lives for an hour.
_DIGEST = re.compile(
    r"listenkey|listen_?token|hash(?!icorp)|digest|checksum|signature|fingerprint|integrity|thumbprint|merkle|"
    r"txid|transactionid|orderid|clientorder|etag|revision|commit|cursor|nonce|blockhash|"
    r"recaptcha|sitekey|publishable|measurement|googleanalytics|extensionid"
)
_DIGEST_WORDS = frozenset("sha sha1 sha256 sha384 sha512 md5 sig uuid guid cid tx address addr checksum id ids".split())
# Words of other services and purposes: a 64-character secret, but not one of the exchange.
_OTHER = re.compile(
    r"jwt|session|cookie|csrf|xsrf|oauth|clientid|clientsecret|webhook|django|rails|laravel|flask|nextauth|"
    r"encryption|encrypt|cipher|salt|seed|mnemonic|telegram|discord|slack|github|gitlab|gitea|sentry|stripe|paypal|"
    r"twilio|sendgrid|mailgun|openai|anthropic|huggingface|aws|azure|gcp|google|firebase|supabase|cloudflare|datadog|"
    r"heroku|vercel|netlify|infura|alchemy|etherscan|bscscan|polygonscan|coingecko|coinmarketcap|"
    r"bybit|okx|okex|kucoin|kraken|coinbase|gemini|bitfinex|bitmex|huobi|htx|gateio|bitget|mexc|bingx|phemex|deribit|"
    r"poloniex|bittrex|bitstamp|cryptocom|bitvavo|whitebit|lbank|ascendex|woox|coinex|bitmart|hyperliquid|"
    r"grafana|influx|elastic|mongo|mysql|postgres|redis|rabbit|kafka|algolia|mapbox|pusher|auth0|okta|keycloak|cognito|"
    r"verification|confirm|reset|invite|refreshtoken|idtoken|bearer|accesstoken|licen[cs]e|npm|pypi|nuget|sonar|codecov"
)
_EXCHANGE = re.compile(r"bina?n?[ac]?ce|binanceus|\bbnb\b|mbx")
_SECRET = re.compile(
    r"apisecret|secretkey|secretapi|apisec|seckey|secret|privatekey|privkey|hmackey|hmac|signingkey|signkey|apiprivate"
)
_API_KEY = re.compile(
    r"apikey|apitoken|mbxapi|accesskey|apiaccess|keyapi|publickey|apipub|apiid|binance\w*key|apk(?:ey)?\b|exchangekey"
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
    if _DIGEST.search(compact) or _DIGEST_WORDS.intersection(parts[-1:]):
        return "digest"
    if _OTHER.search(compact) and not _EXCHANGE.search(compact):
        return "other"
    if _SECRET.search(compact):
        return "api_secret"
    if _API_KEY.search(compact):
        return "api_key"
    if _SECRET_WORDS.intersection(parts):
        return "secret"
    if _KEY_WORDS.intersection(parts):
        return "key"
    return "none"


def names_exchange(name: str) -> bool:
    """Tell whether a name speaks of the exchange, misspellings included."""
    return _EXCHANGE.search("".join(words(name))) is not None


def is_client(callee: str) -> bool:
    """Tell whether a called name takes keys: a client, an exchange, a signature."""
    return _CLIENT.search(callee) is not None


def signs(callee: str) -> bool:
    """Tell whether a called name makes a signature, so that its key argument is the secret."""
    return _HMAC.search(callee) is not None


def speaks_of_credentials(lowered: str) -> bool:
    """Tell whether a lower-case text names keys or secrets."""
    return _NEARBY.search(lowered) is not None
