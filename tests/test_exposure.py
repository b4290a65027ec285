"""Places where a key leaks by use, in many languages and formats; what only looks like one is silent."""

from __future__ import annotations

import re

import pytest
from conftest import cpu_seconds

from keylint.detectors.exposure import find
from keylint.documents.document import Document
from keylint.model import Fact
from keylint.policy.placeholders import expand
from keylint.recognition import exposing

ABOUT = {
    "py": "# binance\n",
    "rb": "# binance\n",
    "sh": "# binance\n",
    "ps1": "# binance\n",
    "yaml": "# binance\n",
    "yml": "# binance\n",
    "php": "<?php // binance\n",
    "go": "package main // binance\n",
}


def exposures(path: str, text: str) -> list[Fact]:
    ending = path.rpartition(".")[2]
    about = ABOUT.get(ending, "// binance\n" if ending in ("js", "ts", "tsx", "java", "kt", "cs", "rs") else "")
    found = list(find(Document(path, about + expand(text))))
    assert all(isinstance(fact, Fact) for fact in found)
    return [fact for fact in found if isinstance(fact, Fact)]


def seen(path: str, text: str) -> list[tuple[object, object]]:
    """Channel and name of every exposure that is shown by default."""
    return [
        (fact.attributes["channel"], fact.attributes["name"])
        for fact in exposures(path, text)
        if fact.attributes["confidence"] != "low"
    ]


SILENT = [
    ("py", "print('BINANCE_API_KEY not set')"),
    ("py", "print(f'{len(api_key)} characters')"),
    ("py", "print(f'key {api_key[:4]}…{api_key[-4:]}')"),
    ("py", "print(mask(api_key), redact(api_secret), hash(api_key), bool(api_key), '*' * len(api_secret))"),
    ("py", "print('set' if api_key else 'missing', api_key is None, not api_key, api_key == '')"),
    ("py", "print(f\"{'set' if os.environ.get('BINANCE_API_KEY') else 'no'}\")"),
    ("py", "for key in balances: print(key)"),
    ("py", "print(public_key, api_key_path, has_api_key, api_key_count, listen_key)"),
    ("py", "short = api_key[:4]\nis_set = ' ' in api_key\nprint(short, is_set)"),
    ("py", "client = Client(api_key, api_secret)\nprint(client, get_balance(api_key, api_secret))"),
    ("py", "import secrets\nprint(secrets.token_hex(16))"),
    ("py", "print('x', file=out)\nprint(api_key, file=handle)"),
    ("py", "raise ApiKeyError('api_key is missing')"),
    ("py", "secret_key = f'BINANCE_{n}_API_SECRET'\nif not os.environ.get(secret_key): print(f'no {secret_key}')"),
    ("py", "raise ValueError(f'no {API_KEY_NAME}') if not api_key else None"),
    ("py", "print({'apiKey': mask(api_key)})"),
    ("py", "json.dump({'api_key': api_key}, handle)"),
    ("py", "math.log(api_key_age)\nnumpy.log(secret_share)"),
    ("js", "console.log(`key ${apiKey.slice(0, 4)} ${apiKey.length} ${!!apiKey} ${apiKey ? 'set' : 'missing'}`)"),
    ("js", "const apiKey = `BINANCE_${n}_API_KEY`; if (!process.env[apiKey]) console.log(`no ${apiKey}`)"),
    ("js", "console.log('apiKey', Boolean(process.env.BINANCE_API_KEY), typeof apiSecret)"),
    ("js", "if (apiKey && apiSecret) console.log('apiKey and apiSecret are there')"),
    ("js", "console.log(i18n.t('settings.apiKey'))"),
    ("js", "const m = /x/.exec(apiKey)"),
    (
        "go",
        'func f() { fmt.Println(len(apiKey), apiKey != ""); fmt.Fprintf(w, "%s", apiKey); x := f(apiKey) }',
    ),
    ("java", 'class A { void f() { log.info("key {}", mask(apiKey)); System.out.println(apiKey.length()); } }'),
    ("rs", 'fn main() { println!("api_key"); println!("{}", api_key.len()); println!("{}", api_key.is_empty()); }'),
    ("rb", 'puts "api_key", api_key.length, api_key[0, 4]'),
    ("php", 'echo strlen($apiKey), substr($apiKey, 0, 4), "apiKey";'),
    ("cs", 'class A { void F() { Console.WriteLine(apiKey.Length); Console.WriteLine("apiKey"); } }'),
    ("kt", 'fun f() { println("apiKey ${apiKey.take(4)}") }'),
    ("ps1", "Write-Host 'BINANCE_API_KEY' $apiKey.Length"),
    ("sh", 'echo "API key ${BINANCE_API_KEY:0:4}" "${BINANCE_API_KEY:+set}" "${#BINANCE_API_KEY}"'),
    ("sh", "echo '$BINANCE_API_KEY'"),
    ("sh", 'echo "BINANCE_API_KEY=$BINANCE_API_KEY" >> .env'),
    ("sh", 'echo "::add-mask::$BINANCE_API_KEY"'),
    ("sh", 'digest=$(echo "$BINANCE_API_SECRET" | sha256sum)'),
    ("sh", "bot --api-key-file key.txt --secret-name binance --api-key-env BINANCE_API_KEY"),
    ("sh", "docker run -e BINANCE_API_KEY --env-file .env bot"),
    ("sh", "gh secret set BINANCE_API_KEY"),
    ("sh", 'run() { other; }\nrun "$BINANCE_API_KEY"'),
    ("sh", "bot --api-key your_api_key_here"),
    ("sh", 'curl -H "X-MBX-APIKEY: <your key>" https://api.binance.us'),
    ("py", "url = f'https://api.binance.us/api/v3/order?{query}&signature={signature}'"),
    ("py", "url = 'wss://ws-api.binance.us/ws-api/v3?apiKey=' + api_key"),
    ("py", "url = f'https://api.coingecko.com/v3/simple?api_key={coingecko_key}'"),
    ("py", "requests.get(url, params={'symbol': symbol}, headers={'X-MBX-APIKEY': api_key})"),
    ("py", "subprocess.run(['bot'], env={'BINANCE_API_KEY': api_key}, input=api_secret)"),
    ("js", "spawn('bot', [], {env: {BINANCE_API_KEY: apiKey}})"),
    ("py", "Client(api_key, api_secret, verbose=False)\nparser = Parser(verbose=True)"),
]


@pytest.mark.parametrize(("ending", "text"), SILENT, ids=[f"{ending}-{text[:40]}" for ending, text in SILENT])
def test_silent(ending: str, text: str) -> None:
    assert seen(f"bot.{ending}", text) == []


LOUD = [
    ("py", "print(api_key)", ("log", "api_key")),
    ("py", "print(f'key: {self.api_secret!r}')", ("log", "self.api_secret")),
    ("py", "print('%s' % api_key)", ("log", "api_key")),
    ("py", "print('key {}'.format(api_key))", ("log", "api_key")),
    ("py", "print(os.environ['BINANCE_API_KEY'])", ("log", "BINANCE_API_KEY")),
    ("py", "print(os.getenv('BINANCE_API_KEY', ''))", ("log", "BINANCE_API_KEY")),
    ("py", "k = os.environ['BINANCE_API_KEY']\nk2 = k.strip()\nlogging.info('%s', k2)", ("log", "k2")),
    ("py", "def f(key, secret):\n    print(key)", ("log", "key")),
    ("py", "print(api_key or 'none')", ("log", "api_key")),
    ("py", "api_key = os.environ.get(f'BINANCE_{n}')\nprint(api_key)", ("log", "api_key")),
    ("py", "self.logger.debug(json.dumps({'apiKey': api_key}))", ("log", "api_key")),
    ("py", "headers = {'X-MBX-APIKEY': key}\nprint(headers)", ("log", "headers")),
    ("py", "s.headers.update({'X-MBX-APIKEY': key})\nprint(s.headers)", ("log", "s.headers")),
    ("py", "signature = sign(query, api_secret)\nprint(signature)", ("log", "signature")),
    ("py", "raise ValueError(f'bad secret {api_secret}')", ("exception", "api_secret")),
    ("py", "exchange = ccxt.binanceus({'apiKey': a, 'secret': b, 'verbose': True})", ("log", "verbose")),
    ("py", "exchange.verbose = True", ("log", "verbose")),
    ("py", "client = Client(a, b, verbose=True)", ("log", "verbose")),
    ("py", "http.client.HTTPConnection.debuglevel = 1", ("log", "debuglevel")),
    ("js", "console.log('key', apiKey)", ("log", "apiKey")),
    ("js", "console.log({ apiKey })", ("log", "apiKey")),
    ("js", "console.error(`bad ${process.env.BINANCE_API_SECRET}`)", ("log", "BINANCE_API_SECRET")),
    ("js", "throw new Error('bad key ' + apiKey)", ("exception", "apiKey")),
    ("js", "throw 'bad key ' + apiKey", ("exception", "apiKey")),
    ("ts", "this.logger.info('key', this.config.apiSecret)", ("log", "this.config.apiSecret")),
    ("ts", "axios.interceptors.request.use(c => { console.log(c.headers); return c })", ("log", "c.headers")),
    ("go", 'func f() { fmt.Printf("%s", cfg.APIKey) }', ("log", "cfg.APIKey")),
    ("go", 'func f() { logger.Info("x", zap.String("key", apiKey)) }', ("log", "apiKey")),
    ("go", 'func f() error { return fmt.Errorf("bad key %s", apiKey) }', ("exception", "apiKey")),
    ("java", 'class A { void f() { System.out.println("k " + apiKey); } }', ("log", "apiKey")),
    ("java", "class A { void f() { log.info(config.getApiKey()); } }", ("log", "getApiKey")),
    ("kt", 'fun f() { println("k $apiKey") }', ("log", "apiKey")),
    ("cs", 'class A { void F() { Console.WriteLine($"k {apiKey}"); } }', ("log", "apiKey")),
    ("cs", 'class A { void F() { _logger.LogInformation("k {Key}", options.ApiKey); } }', ("log", "options.ApiKey")),
    ("rs", 'fn main() { println!("k {}", cfg.api_key); }', ("log", "cfg.api_key")),
    ("rs", 'fn main() { println!("k {api_key}"); }', ("log", "api_key")),
    ("rb", 'logger.info("k #{api_key}")', ("log", "api_key")),
    ("php", "var_dump($this->apiSecret);", ("log", "this.apiSecret")),
    ("php", 'echo "key $apiKey";', ("log", "apiKey")),
    ("ps1", 'Write-Host "k $env:BINANCE_API_KEY"', ("log", "BINANCE_API_KEY")),
    ("sh", 'echo "key $BINANCE_API_KEY" >&2', ("log", "BINANCE_API_KEY")),
    ("sh", 'printf "%s\\n" "${BINANCE_API_SECRET:-none}"', ("log", "BINANCE_API_SECRET")),
    ("sh", 'bot --api-key "$BINANCE_API_KEY"', ("command-line", "BINANCE_API_KEY")),
    ("sh", "bot --api-secret=$SECRET_ONE", ("command-line", "api-secret")),
    ("sh", 'curl -H "X-MBX-APIKEY: $K" https://api.binance.us', ("command-line", "X-MBX-APIKEY")),
    ("sh", 'curl -H "X-MBX-APIKEY: {{key:curl}}" https://api.binance.us', ("command-line", "X-MBX-APIKEY")),
    ("sh", "docker run -e BINANCE_API_KEY=$BINANCE_API_KEY bot", ("command-line", "BINANCE_API_KEY")),
    ("sh", "docker build --build-arg=API_KEY=$API_KEY .", ("image-layer", "API_KEY")),
    ("ps1", "bot.exe --api-key $env:BINANCE_API_KEY", ("command-line", "BINANCE_API_KEY")),
    ("py", "subprocess.run(['bot', '--key', api_key])", ("command-line", "api_key")),
    ("py", "os.system(f'bot --key {api_key}')", ("command-line", "api_key")),
    ("js", "execSync(`bot --key ${apiKey}`)", ("command-line", "apiKey")),
    ("go", 'func f() { exec.Command("bot", "--key", apiKey) }', ("command-line", "apiKey")),
    ("py", "url = f'{BASE}/api/v3/account?apiKey={api_key}'", ("url", "apiKey")),
    ("js", "const url = base + '/account?api_key=' + apiKey", ("url", "api_key")),
    ("js", "axios.get(url, {params: {apiKey: apiKey}})", ("url", "apiKey")),
    ("js", "const url = `https://${apiKey}:${apiSecret}@api.binance.us`", ("url", "apiKey")),
    ("yaml", "url: https://api.binance.us/x?apiKey={{key:url}}", ("url", "apiKey")),
    ("yaml", "exchange: {name: binanceus, log_responses: true}", ("log", "log_responses")),
    ("yaml", "steps:\n  - run: echo ${{ secrets.BINANCE_API_KEY }}", ("log", "BINANCE_API_KEY")),
    ("yaml", 'command: ["bot", "--api-key", "$(BINANCE_API_KEY)"]', ("command-line", "BINANCE_API_KEY")),
    ("yaml", 'args: ["--api-key=$(BINANCE_API_KEY)"]', ("command-line", "BINANCE_API_KEY")),
    ("yaml", "command: [sh, -c, 'bot --api-key $BINANCE_API_KEY']", ("command-line", "BINANCE_API_KEY")),
    ("yaml", "script:\n  - bot --api-key $BINANCE_API_KEY", ("command-line", "BINANCE_API_KEY")),
    ("yaml", "services: {bot: {build: {args: {BINANCE_API_KEY: $K}}}}", ("image-layer", "BINANCE_API_KEY")),
]


@pytest.mark.parametrize(("ending", "text", "expected"), LOUD, ids=[f"{row[0]}-{row[1][:40]}" for row in LOUD])
def test_loud(ending: str, text: str, expected: tuple[str, str]) -> None:
    assert seen(f"bot.{ending}", text) == [expected]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("Dockerfile", "FROM a\nARG VERSION\nENV BINANCE_API_KEY=\nENV BINANCE_API_KEY=your_api_key\n", []),
        ("Dockerfile", "FROM a\n# binance\nCOPY .env.example ca.pem key.pub ./\nCOPY . .\n", []),
        ("Dockerfile", "FROM a\nARG BINANCE_API_KEY=unused\n", []),
        ("Dockerfile", "FROM a\nARG BINANCE_API_KEY\n", [("image-layer", "BINANCE_API_KEY")]),
        ("Dockerfile", "FROM a\nONBUILD ARG BINANCE_API_KEY\n", [("image-layer", "BINANCE_API_KEY")]),
        ("Dockerfile", "FROM a\nENV BINANCE_API_KEY {{key:env}}\n", [("image-layer", "BINANCE_API_KEY")]),
        ("Dockerfile", 'FROM a\n# binance\nCOPY [".env", "/app/"]\n', [("image-layer", ".env")]),
        ("Dockerfile", "FROM a\nCMD bot --api-key $BINANCE_API_KEY\n", [("command-line", "BINANCE_API_KEY")]),
        ("Dockerfile", "FROM a\nONBUILD RUN bot --api-key $BINANCE_API_KEY\n", [("command-line", "BINANCE_API_KEY")]),
        ("Makefile", "run:\n\tbot --api-key $(BINANCE_API_KEY)\n", [("command-line", "BINANCE_API_KEY")]),
        ("Makefile", "run:\n\tBINANCE_API_KEY=$(BINANCE_API_KEY) bot\n", []),
        ("Procfile", "worker: bot --api-key $BINANCE_API_KEY\n", [("command-line", "BINANCE_API_KEY")]),
        ("deploy/crontab", "*/5 * * * * root bot --api-key $BINANCE_API_KEY\n", [("command-line", "BINANCE_API_KEY")]),
        ("run.bat", "bot.exe --api-key %BINANCE_API_KEY%\r\n", [("command-line", "BINANCE_API_KEY")]),
        ("README.md", "    bot --api-key $BINANCE_API_KEY\n", []),
        (
            "package.json",
            '{"scripts": {"start": "bot --api-key $BINANCE_API_KEY", "test": "jest"}}',
            [("command-line", "BINANCE_API_KEY")],
        ),
    ],
)
def test_files_of_other_kinds(path: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert seen(path, text) == expected


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("bot.py", "print(api_key)", ("low", "medium")),
        ("bot.py", "print(BINANCE_API_KEY)", ("high", None)),
        ("bot.py", "from binance.client import Client\nprint(api_key)", ("high", None)),
        ("bot.py", "from binance.client import Client\nk = api_key\nprint(k)", ("medium", None)),
        ("kraken.py", "# binance, too\nprint(api_key)", ("low", None)),
        ("news.py", "# binance coin\nr = get('https://api.news.org/v1')\nprint(api_key)", ("low", None)),
        ("tests/test_bot.py", "# binance\napi_key = 'x'\nprint(api_key)", ("low", None)),
        ("tests/test_bot.py", "# binance\napi_key = os.environ['BINANCE_API_KEY']\nprint(api_key)", ("high", None)),
    ],
)
def test_confidence(path: str, text: str, expected: tuple[str, str | None]) -> None:
    (fact,) = (fact for fact in find(Document(path, text)) if isinstance(fact, Fact))
    assert (fact.attributes["confidence"], fact.attributes.get("confidence_near_exchange")) == expected


NOTEBOOK = """{"cells": [
 {"cell_type": "markdown", "source": ["print(api_key)"]},
 {"cell_type": "code", "source": ["import binance\\n", "key = os.environ['BINANCE_API_KEY']"], "outputs": []},
 {"cell_type": "code", "source": ["print('it is', \\"key\\", key)"], "outputs": [{"text": ["print(api_key)"]}]}
], "metadata": {"language_info": {"name": "%s"}}, "nbformat": 4}"""


@pytest.mark.parametrize(("language", "places"), [("python", [(4, 60)]), ("julia", [])])
def test_the_cells_of_a_notebook_are_one_program(language: str, places: list[tuple[int, int]]) -> None:
    found = exposures("bot.ipynb", NOTEBOOK % language)
    assert [(fact.location.line, fact.location.column) for fact in found] == places


def test_a_fact_says_where_and_why_and_shows_no_secret() -> None:
    secret = expand("{{secret:shown}}")
    (fact,) = exposures("bot.py", f"api_secret = '{secret}'; print('it is', api_secret)\n")
    assert fact.location[:5] == ("bot.py", 2, 97, 2, 107)
    assert fact.identity == "log print api_secret bot.py"
    assert fact.attributes == {
        "channel": "log",
        "name": "api_secret",
        "because": "`api_secret` reaches `print`",
        "confidence": "high",
        "context": "code",
    }
    assert fact.excerpt is not None
    assert secret not in fact.excerpt.text
    assert fact.excerpt.text[fact.excerpt.start :].startswith("api_secret)")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("bot.py", "print(api_key" + "(" * 100_000),
        ("bot.py", "# binance\nprint(api_key)\n" + "x = '" + "a" * 5_000_000 + "'\n"),
        ("bot.py", "# binance\n" + "api_key = api_key\n" * 20_000 + "print(api_key)"),
        ("bot.sh", "# binance\n" + 'echo "$BINANCE_API_KEY" ' * 5_000),
        ("bot.js", "console.log(`" + "${apiKey" * 20_000),
        ("compose.yaml", "# binance\n" + "command: [" * 20_000),
        ("Makefile", "run:\n" + "\tbot --api-key $(BINANCE_API_KEY) " * 20_000),
        ("bot.py", "# binance\n" + "?apiKey=" * 200_000),
        ("bot.py", "# binance\nhttps://" * 100_000),
        ("Dockerfile", "FROM a\nARG BINANCE_API_KEY\n" + "ENV A=\\\n" * 50_000),
    ],
    ids=["brackets", "long-line", "chain", "words", "template", "yaml", "make", "queries", "hosts", "docker"],
)
def test_hostile_files_take_no_longer_than_others(path: str, text: str) -> None:
    start = cpu_seconds()
    list(find(Document(path, text)))
    assert cpu_seconds() - start < 30


@pytest.mark.parametrize("pattern", [exposing._SINK, exposing._SINK_IN_RUBY])
def test_no_call_is_longer_than_what_is_looked_at_before_a_word(pattern: re.Pattern[str]) -> None:
    words = re.findall(r"[a-z_.]{2,}", exposing._SHOWS)
    assert "{0,40}" in pattern.pattern
    assert max(map(len, words)) + 40 + 2 < exposing._LONGEST_SINK
