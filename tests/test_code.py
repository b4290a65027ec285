"""Source files of many languages, read alike: tables of what each language writes, and texts that none can read."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import cpu_seconds
from hypothesis import given, settings
from hypothesis import strategies as st

import keylint.documents.code as package
from keylint.documents.code import code, known, language_of, read_code
from keylint.documents.code.builder import DEPTH, NODES, TooMuch, number, unescape
from keylint.documents.code.fallback import scan
from keylint.documents.code.flow import names_of
from keylint.documents.code.languages import Language
from keylint.documents.code.values import Argument, Code, Entry, within
from keylint.documents.document import Document
from keylint.registry import load, names

LANGUAGES = sorted(known())


def shown(argument: Argument) -> Any:
    """A literal as itself, anything else as the names it reads, a named one as a pair."""
    value = argument.value if argument.value is not None else argument.names
    return (argument.name, value) if argument.name else value


def call_of(found: Code, callee: str) -> list[Any]:
    return next([shown(argument) for argument in call.arguments] for call in found.calls if call.callee == callee)


def plain(entry: Entry) -> Any:
    """A mapping as a dictionary, a list as a list, what is no literal as the names it reads."""
    if entry.kind == "mapping":
        return {child.name: plain(child) for child in entry.children}
    if entry.kind == "sequence":
        return [plain(child) for child in entry.children]
    return entry.value if entry.value is not None else entry.names


@pytest.mark.parametrize(
    ("path", "text", "language"),
    [
        pytest.param("README.md", "import os\n", None, id="prose"),
        pytest.param("data.json", "{}", None, id="data"),
        pytest.param("run", "echo a\n", None, id="no suffix, no interpreter"),
        pytest.param("run", "#!/usr/bin/perl\n", None, id="an unknown interpreter"),
        pytest.param(".py", "x", None, id="a dotfile"),
        pytest.param("bot.py", "", "python", id="suffix"),
        pytest.param("BOT.PY", "", "python", id="upper case"),
        pytest.param("a.zip!src/App.tsx", "", "tsx", id="in an archive"),
        pytest.param("Gemfile", "", "ruby", id="name"),
        pytest.param("run", "#!/usr/bin/env python3\n", "python", id="env"),
        pytest.param("run", "#!/usr/bin/env -S node --flag\n", "javascript", id="env with an option"),
        pytest.param("run", "#!/bin/bash -e\n", "shell", id="shell"),
    ],
)
def test_language_of(path: str, text: str, language: str | None) -> None:
    assert language_of(path, text) == language
    found = code(Document(path, text))
    assert (found.language if found else None) == language


def test_every_language_says_what_it_is() -> None:
    package_name = "keylint.documents.code.languages"
    assert names(package_name) == tuple(LANGUAGES)
    assert all(isinstance(load(package_name, name, "LANGUAGE"), Language) for name in LANGUAGES)
    suffixes = [suffix for language in known().values() for suffix in language.suffixes]
    assert len(set(suffixes)) == len(suffixes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_file_holds_nothing(language: str) -> None:
    assert read_code("", language) == Code(language, "parsed", "")


CALLS = [
    pytest.param("python", 'c = Client("k", secret)', "Client", ["k", ("secret",)], id="python positional"),
    pytest.param(
        "python",
        'c = Client(api_key=key, api_secret="s" "t", tld="us", testnet=False)',
        "Client",
        [("api_key", ("key",)), ("api_secret", "st"), ("tld", "us"), ("testnet", False)],
        id="python keywords",
    ),
    pytest.param(
        "python",
        "self.client.withdraw(asset='A', amount=-1.5)",
        "self.client.withdraw",
        [("asset", "A"), ("amount", -1.5)],
        id="python withdraw",
    ),
    pytest.param(
        "python", "Client(key).order.create(*a, **b)", "Client().order.create", [("a",), ("b",)], id="python chain"
    ),
    pytest.param(
        "python", "logger.info('key %s', self.key)", "logger.info", ["key %s", ("self.key",)], id="python log"
    ),
    pytest.param("javascript", "const c = new Spot('k', process.env.S)", "Spot", ["k", ("$S",)], id="js construction"),
    pytest.param("javascript", "await client?.withdraw('A', 3)", "client.withdraw", ["A", 3], id="js optional"),
    pytest.param(
        "javascript", "new ccxt.binanceus({apiKey: k, ...rest})", "ccxt.binanceus", [("k", "rest")], id="js member"
    ),
    pytest.param("javascript", "console.log(`key ${apiKey}`)", "console.log", [("apiKey",)], id="js template"),
    pytest.param("typescript", "const c = new Spot<T>(k!, s as string)", "Spot", [("k",), ("s",)], id="ts types"),
    pytest.param("tsx", "const a = <p onClick={() => withdraw('A')}>x</p>", "withdraw", ["A"], id="tsx"),
    pytest.param("go", 'c := binance.NewClient(key, "s")', "binance.NewClient", [("key",), "s"], id="go"),
    pytest.param(
        "go",
        'client.NewCreateWithdrawService().Coin("A").Do(ctx)',
        "client.NewCreateWithdrawService().Coin",
        ["A"],
        id="go services",
    ),
    pytest.param(
        "go",
        "c := &Config{APIKey: key, Debug: true}",
        "Config",
        [("APIKey", ("key",)), ("Debug", True)],
        id="go struct",
    ),
    pytest.param(
        "java", 'var c = new Client("k", System.getenv("S"), true);', "Client", ["k", ("$S",), True], id="java"
    ),
    pytest.param("java", "client.withdraw(asset, 1L);", "client.withdraw", [("asset",), 1], id="java method"),
    pytest.param("kotlin", 'val c = Client(apiKey = key, "s")', "Client", [("apiKey", ("key",)), "s"], id="kotlin"),
    pytest.param(
        "kotlin", 'client.withdraw("A", -1.5) { println(it) }', "client.withdraw", ["A", -1.5], id="kotlin lambda after"
    ),
    pytest.param(
        "csharp",
        'var c = new Options("k") { Secret = secret, Test = false };',
        "Options",
        ["k", ("Secret", ("secret",)), ("Test", False)],
        id="c# initialiser",
    ),
    pytest.param(
        "csharp", 'c.Withdraw(asset: "A", amount: 1m);', "c.Withdraw", [("asset", "A"), ("amount", 1)], id="c# named"
    ),
    pytest.param("csharp", "client?.Spot.Withdraw<int>(a);", "client.Spot.Withdraw", [("a",)], id="c# conditional"),
    pytest.param("rust", 'fn f() { let c = Binance::new(Some(key), "s"); }', "Binance.new", [("key",), "s"], id="rust"),
    pytest.param("rust", 'fn f() { client.withdraw::<T>("A").await?; }', "client.withdraw", ["A"], id="rust turbofish"),
    pytest.param(
        "rust", 'fn f() { println!("key {} {key}", self.k); }', "println", [("key",), ("self.k",)], id="rust macro"
    ),
    pytest.param(
        "rust",
        "fn f() { let c = Config { api_key: k, test: true }; }",
        "Config",
        [("api_key", ("k",)), ("test", True)],
        id="rust struct",
    ),
    pytest.param("php", "<?php $a = new \\Binance\\API('k', $s);", "Binance.API", ["k", ("s",)], id="php"),
    pytest.param(
        "php", "<?php $api?->withdraw('A', amount: 1);", "api.withdraw", ["A", ("amount", 1)], id="php method"
    ),
    pytest.param("php", "<?php Log::info('k', $this->key);", "Log.info", ["k", ("this.key",)], id="php static"),
    pytest.param("php", "<?php echo 'x', $key;", "echo", ["x", ("key",)], id="php echo"),
    pytest.param(
        "ruby",
        "c = Binance::Client.new api_key: KEY, 'secret' => 'x', n: -1",
        "Binance.Client.new",
        [("api_key", ("KEY",)), ("secret", "x"), ("n", -1)],
        id="ruby",
    ),
    pytest.param("ruby", 'logger.info "key #{@key}"', "logger.info", [("key",)], id="ruby log"),
    pytest.param(
        "shell",
        'curl -k -H "X-MBX-APIKEY: $KEY" https://api.binance.us/x',
        "curl",
        ["-k", "-H", ("KEY",), "https://api.binance.us/x"],
        id="shell",
    ),
    pytest.param("shell", "./run.sh --api-key 'k'", "./run.sh", ["--api-key", "k"], id="shell script"),
    pytest.param(
        "powershell",
        'Invoke-RestMethod -Uri "https://a/$k" -SkipCertificateCheck -Method:Post',
        "Invoke-RestMethod",
        [("Uri", ("k",)), ("SkipCertificateCheck", True), ("Method", "Post")],
        id="powershell",
    ),
    pytest.param("powershell", "$c.Withdraw('A', -1)", "c.Withdraw", ["A", -1], id="powershell method"),
]


@pytest.mark.parametrize(("language", "text", "callee", "arguments"), CALLS)
def test_calls(language: str, text: str, callee: str, arguments: list[Any]) -> None:
    found = read_code(text, language)
    assert (found.how, found.reason) == ("parsed", "")
    assert call_of(found, callee) == arguments


@pytest.mark.parametrize(("language", "text", "callee", "arguments"), CALLS)
def test_calls_in_old_line_endings_among_other_alphabets(
    language: str, text: str, callee: str, arguments: list[Any]
) -> None:
    opening, text = ("<?php ", text.removeprefix("<?php ")) if language == "php" else ("", text)
    sign = "#" if language in ("python", "ruby", "shell", "powershell") else "//"
    text = f"{opening}{sign} Schlüssel 鍵 \U0001f511\r\n{text}\r\n"
    found = read_code(text, language)
    assert call_of(found, callee) == arguments
    call = next(call for call in found.calls if call.callee == callee)
    assert call.method in text[call.callee_start : call.callee_end]
    for argument in call.arguments:
        assert text[argument.start : argument.end].startswith(argument.text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param("python", 'x = {"enableWithdrawals": True, "n": {"ips": ["a", key]}}', id="python"),
        pytest.param("javascript", "const x = {enableWithdrawals: true, 'n': {ips: ['a', key]}}", id="javascript"),
        pytest.param("typescript", "const x: T = {enableWithdrawals: true, n: {ips: ['a', key]}}", id="typescript"),
        pytest.param("go", 'var x = P{enableWithdrawals: true, "n": N{ips: []string{"a", key}}}', id="go"),
        pytest.param(
            "csharp", 'var x = new P { enableWithdrawals = true, n = new N { ips = { "a", key } } };', id="c#"
        ),
        pytest.param(
            "csharp",
            "var x = new Dictionary<string, object> "
            '{ { "enableWithdrawals", true }, { "n", new { ips = new[] { "a", key } } } };',
            id="c# dictionary",
        ),
        pytest.param("rust", 'fn f() { let x = P { enableWithdrawals: true, n: N { ips: ["a", key] } }; }', id="rust"),
        pytest.param(
            "rust", 'fn f() { let x = json!({"enableWithdrawals": true, "n": {"ips": ["a", key]}}); }', id="rust json"
        ),
        pytest.param("php", "<?php $x = ['enableWithdrawals' => true, 'n' => array('ips' => ['a', $key])];", id="php"),
        pytest.param("ruby", "x = {enableWithdrawals: true, 'n' => {:ips => ['a', key]}}", id="ruby"),
        pytest.param(
            "powershell", "$x = @{ enableWithdrawals = $true; 'n' = @{ ips = @('a', $key) } }", id="powershell"
        ),
        pytest.param(
            "kotlin", 'val x = mapOf("enableWithdrawals" to true, "n" to mapOf("ips" to ["a", key]))', id="kotlin"
        ),
    ],
)
def test_mappings(language: str, text: str) -> None:
    found = read_code(text, language)
    assert [plain(entry) for entry in found.mappings] == [{"enableWithdrawals": True, "n": {"ips": ["a", ("key",)]}}]
    first = found.mappings[0].children[0]
    assert text[first.name_start : first.name_end] == "enableWithdrawals"
    assert text[first.start : first.end] in ("true", "True", "$true")
    target = next(assignment for assignment in found.assignments if assignment.target == "x")
    assert target.value.entry is not None
    assert plain(target.value.entry) == plain(found.mappings[0])


@pytest.mark.parametrize(
    ("language", "text", "reads"),
    [
        pytest.param("python", "k = os.environ['X']", [("X", "k")], id="python index"),
        pytest.param(
            "python", "self.k = str(os.getenv('X', 'd')).strip() or 'y'", [("X", "self.k")], id="python default"
        ),
        pytest.param("python", "Client(api_key=environ.get('X'))", [("X", "api_key")], id="python keyword"),
        pytest.param("python", "os.environ['X'] = 'v'", [], id="python set"),
        pytest.param("python", "print(os.environ)", [], id="python all"),
        pytest.param("javascript", "const k = process.env.X || 'd'", [("X", "k")], id="js"),
        pytest.param("javascript", "f({apiKey: process.env['X']})", [("X", "apiKey")], id="js entry"),
        pytest.param("javascript", "const {X, Y: z} = process.env", [("X", "X"), ("Y", "z")], id="js pattern"),
        pytest.param("typescript", "const k: string = process.env.X!", [("X", "k")], id="ts"),
        pytest.param("go", 'k := os.Getenv("X")', [("X", "k")], id="go"),
        pytest.param("go", 'k, ok := os.LookupEnv("X")', [("X", "k")], id="go pair"),
        pytest.param("java", 'class A { String k = System.getenv("X"); }', [("X", "k")], id="java"),
        pytest.param("java", 'class A { @Value("${a.key:}") String k; }', [("a.key", "k")], id="java spring"),
        pytest.param(
            "java", 'class A { A(@Value("${a.key}") String k) {} }', [("a.key", "k")], id="java spring parameter"
        ),
        pytest.param("kotlin", 'val k = System.getenv("X") ?: "d"', [("X", "k")], id="kotlin"),
        pytest.param("kotlin", 'class A(@Value("\\${a.key}") val k: String)', [("a.key", "k")], id="kotlin spring"),
        pytest.param("csharp", 'var k = Environment.GetEnvironmentVariable("X");', [("X", "k")], id="c#"),
        pytest.param("csharp", 'var k = configuration["Binance:Key"];', [("Binance:Key", "k")], id="c# configuration"),
        pytest.param("rust", 'fn f() { let k = std::env::var("X").unwrap(); }', [("X", "k")], id="rust"),
        pytest.param("php", "<?php $this->k = getenv('X') ?: 'd';", [("X", "this.k")], id="php"),
        pytest.param("php", "<?php f(['key' => $_ENV['X']]);", [("X", "key")], id="php superglobal"),
        pytest.param("ruby", "@k = ENV['X'] || 'd'", [("X", "k")], id="ruby"),
        pytest.param("ruby", "k = ENV.fetch('X', 'd')", [("X", "k")], id="ruby fetch"),
        pytest.param("shell", 'K="$X" L=${Y:-d}; echo $1', [("X", "K"), ("Y", "L")], id="shell"),
        pytest.param("powershell", "$k = $env:X; $env:Y = 'v'", [("X", "k")], id="powershell"),
        pytest.param(
            "powershell", "$k = [Environment]::GetEnvironmentVariable('X')", [("X", "k")], id="powershell call"
        ),
    ],
)
def test_reads(language: str, text: str, reads: list[tuple[str, str]]) -> None:
    found = read_code(text, language)
    assert [(read.name, read.target) for read in found.reads] == reads
    for read in found.reads:
        assert read.name in text[read.start : read.end]


@pytest.mark.parametrize(
    ("language", "text", "value", "holes"),
    [
        pytest.param(
            "python", 'f"/sapi/{v}/x?k={self.key!r:>3}"', "/sapi/{}/x?k={}", [("v",), ("self.key",)], id="python"
        ),
        pytest.param("python", 'r"a\\n"', "a\\n", [], id="python raw"),
        pytest.param("python", '"a\\n\\x41\\u00e9\\q"', "a\nAéq", [], id="python escapes"),
        pytest.param("python", '"""a"b"""', 'a"b', [], id="python long"),
        pytest.param("python", "''", "", [], id="python empty"),
        pytest.param("javascript", "`/sapi/${v}/x?k=${a.key + 1}`", "/sapi/{}/x?k={}", [("v",), ("a.key",)], id="js"),
        pytest.param("go", "package a\nvar x = `a\\n`", "a\\n", [], id="go raw"),
        pytest.param("java", 'class A { String x = """\n a"b\n"""; }', '\n a"b\n', [], id="java block"),
        pytest.param("kotlin", 'val x = "/sapi/$v/x?k=${a.key}"', "/sapi/{}/x?k={}", [("v",), ("a.key",)], id="kotlin"),
        pytest.param(
            "csharp", 'var x = $"/sapi/{v}/x?k={a.key,5:0}";', "/sapi/{}/x?k={}", [("v",), ("a.key",)], id="c#"
        ),
        pytest.param("csharp", 'var x = @"a\\""b";', 'a\\"b', [], id="c# verbatim"),
        pytest.param("rust", 'fn f() { let x = r#"a"b"#; }', 'a"b', [], id="rust raw"),
        pytest.param("php", '<?php $x = "/sapi/$v/x?k={$a->key}";', "/sapi/{}/x?k={}", [("v",), ("a.key",)], id="php"),
        pytest.param("php", "<?php $x = <<<A\n/sapi/$v\nA;\n", "/sapi/{}", [("v",)], id="php heredoc"),
        pytest.param("ruby", 'x = "/sapi/#{v}/x?k=#{a.key}"', "/sapi/{}/x?k={}", [("v",), ("a.key",)], id="ruby"),
        pytest.param("shell", "curl https://a/$V/x", "https://a/{}/x", [("V",)], id="shell word"),
        pytest.param("shell", "cat <<A\nkey $V\nA\n", "key {}\n", [("V",)], id="shell heredoc"),
        pytest.param(
            "powershell", '$x = "/sapi/$v/x?k=$($a.key)"', "/sapi/{}/x?k={}", [("v",), ("a.key",)], id="powershell"
        ),
        pytest.param("powershell", "$x = \u201ca $v\u201d", "a {}", [("v",)], id="powershell typographic"),
    ],
)
def test_texts(language: str, text: str, value: str, holes: list[tuple[str, ...]]) -> None:
    found = read_code(text, language)
    assert [(each.value, list(each.holes)) for each in found.texts] == [(value, holes)]
    only = found.texts[0]
    assert text[only.start : only.end].strip("\"'`") == text[only.start : only.end].strip("\"'`\n") or "\n" in text


@pytest.mark.parametrize(
    ("language", "text", "reads"),
    [
        pytest.param("python", "raise ValueError(f'bad {api_key}')", ("api_key",), id="python"),
        pytest.param("javascript", "throw new Error('bad ' + apiKey)", ("apiKey",), id="js"),
        pytest.param("typescript", "throw new Error(`bad ${this.apiKey}`)", ("this.apiKey",), id="ts"),
        pytest.param("go", "package a\nfunc f() { panic(apiKey) }", ("apiKey",), id="go"),
        pytest.param("java", 'class A { void f() { throw new E("bad " + apiKey); } }', ("apiKey",), id="java"),
        pytest.param("kotlin", 'fun f() { throw E("bad $apiKey") }', ("apiKey",), id="kotlin"),
        pytest.param("csharp", 'throw new E($"bad {apiKey}");', ("apiKey",), id="c#"),
        pytest.param("rust", 'fn f() { panic!("bad {}", api_key); }', ("api_key",), id="rust"),
        pytest.param("php", '<?php throw new E("bad $apiKey");', ("apiKey",), id="php"),
        pytest.param("ruby", 'raise ArgumentError, "bad #{api_key}"', ("ArgumentError", "api_key"), id="ruby"),
        pytest.param("powershell", 'throw "bad $apiKey"', ("apiKey",), id="powershell"),
    ],
)
def test_throws(language: str, text: str, reads: tuple[str, ...]) -> None:
    assert [each.value.names for each in read_code(text, language).throws] == [reads]


@pytest.mark.parametrize(
    ("language", "text", "imports"),
    [
        pytest.param("python", "import os, a.b as c", [("os", ()), ("a.b", (("", "c"),))], id="python"),
        pytest.param("python", "from ..x.y import z as w, q", [("..x.y", (("z", "w"), ("q", "")))], id="python from"),
        pytest.param(
            "javascript",
            "import A, {b as c} from 'm'; import * as N from 'n'; import 'o'",
            [("m", (("default", "A"), ("b", "c"))), ("n", (("", "N"),)), ("o", ())],
            id="js",
        ),
        pytest.param(
            "javascript",
            "const B = require('b'), {Spot, x: y} = require('c')",
            [("b", (("", "B"),)), ("c", (("Spot", ""), ("x", "y")))],
            id="js require",
        ),
        pytest.param("typescript", "import fs = require('fs')", [("fs", (("", "fs"),))], id="ts require"),
        pytest.param("go", 'import (\n"fmt"\nb "x/y"\n)', [("fmt", ()), ("x/y", (("", "b"),))], id="go"),
        pytest.param("java", "import a.b.C; import d.*;", [("a.b", (("C", ""),)), ("d", (("*", ""),))], id="java"),
        pytest.param(
            "kotlin", "import a.b.C as D\nimport d.*", [("a.b", (("C", "D"),)), ("d", (("*", ""),))], id="kotlin"
        ),
        pytest.param("csharp", "using A.B; using C = D.E;", [("A.B", ()), ("D.E", (("", "C"),))], id="c#"),
        pytest.param(
            "rust",
            "use std::env; use a::{b::*, c::D as E, f};",
            [("std", (("env", ""),)), ("a.b", (("*", ""),)), ("a.c", (("D", "E"),)), ("a", (("f", ""),))],
            id="rust",
        ),
        pytest.param(
            "php", "<?php use A\\B as C; require_once 'a.php';", [("A.B", (("", "C"),)), ("a.php", ())], id="php"
        ),
        pytest.param("ruby", "require 'a'\nrequire_relative 'b'", [("a", ()), ("b", ())], id="ruby"),
        pytest.param("shell", "source .env; . ./b.sh", [(".env", ()), ("./b.sh", ())], id="shell"),
        pytest.param("powershell", "Import-Module Binance", [("Binance", ())], id="powershell"),
    ],
)
def test_imports(language: str, text: str, imports: list[Any]) -> None:
    assert [(each.module, each.names) for each in read_code(text, language).imports] == imports


@pytest.mark.parametrize(
    ("language", "text", "targets"),
    [
        pytest.param(
            "python",
            "a, b.c = 1, k\nd['x-y'] = k\ne: str = 'v'\nf += k",
            [("a", 1), ("b.c", ("k",)), ("d.x-y", ("k",)), ("e", "v"), ("f", ("k",))],
            id="python",
        ),
        pytest.param("python", "a, b = f(k)", [("a", ("k",)), ("b", ("k",))], id="python several from one"),
        pytest.param(
            "javascript",
            "let a = 1; this.b = k; h['x-y'] = k; const [c, d] = k",
            [("a", 1), ("this.b", ("k",)), ("h.x-y", ("k",)), ("c", ("k",)), ("d", ("k",))],
            id="js",
        ),
        pytest.param(
            "typescript",
            "class A { private readonly b: string = 'v'; } enum E { C = 1 }",
            [("b", "v"), ("C", 1)],
            id="ts",
        ),
        pytest.param(
            "go", "package m\nconst a = 1\nvar b, c = k, `v`\n", [("a", 1), ("b", ("k",)), ("c", "v")], id="go"
        ),
        pytest.param(
            "java",
            'class A { static final String B = "v", C = k; void f() { this.d = k; } }',
            [("B", "v"), ("C", ("k",)), ("this.d", ("k",))],
            id="java",
        ),
        pytest.param(
            "kotlin",
            'const val A = "v"\nclass B { var c: String? = k; fun f() { this.d = k } }',
            [("A", "v"), ("c", ("k",)), ("this.d", ("k",))],
            id="kotlin",
        ),
        pytest.param(
            "csharp",
            'class A { const string B = "v"; string C { get; set; } = k; void F() { this.d = k; } }',
            [("B", "v"), ("C", ("k",)), ("this.d", ("k",))],
            id="c#",
        ),
        pytest.param(
            "rust",
            'const A: &str = "v"; fn f() { let (b, c) = (1, k); self.d = k; if let Some(e) = k {} }',
            [("A", "v"), ("b", 1), ("c", ("k",)), ("self.d", ("k",)), ("e", ("k",))],
            id="rust",
        ),
        pytest.param(
            "php",
            "<?php const A = 'v'; define('B', $k); class C { private $d = 1; function f() { $this->e = $k; } }",
            [("A", "v"), ("B", ("k",)), ("d", 1), ("this.e", ("k",))],
            id="php",
        ),
        pytest.param(
            "ruby",
            "A = 'v'\n@b = k\nc, d = 1, k\nh['x'] = k\ne ||= k",
            [("A", "v"), ("b", ("k",)), ("c", 1), ("d", ("k",)), ("h.x", ("k",)), ("e", ("k",))],
            id="ruby",
        ),
        pytest.param(
            "shell",
            "export A='v' B=$K\nc=(1 \"$K\")\nD=\"x\"'y'",
            [("A", "v"), ("B", ("K",)), ("c", ("K",)), ("D", "xy")],
            id="shell",
        ),
        pytest.param(
            "powershell",
            "$a = 'it''s'; [string]$b = $k; $c.d = $k",
            [("a", "it's"), ("b", ("k",)), ("c.d", ("k",))],
            id="powershell",
        ),
    ],
)
def test_assignments(language: str, text: str, targets: list[Any]) -> None:
    found = [(each.target, shown(each.value)) for each in read_code(text, language).assignments]
    assert found == targets


@pytest.mark.parametrize(
    ("language", "text", "functions"),
    [
        pytest.param(
            "python",
            "def f(a, b: str, c='d', *e, **g):\n  return lambda q: q",
            [("f", ("a", "b", "c", "e", "g")), ("", ("q",))],
            id="python",
        ),
        pytest.param(
            "javascript",
            "function f(a, {b}, c = 1, ...d) {}\nconst g = async x => x\nclass A { m(z) {} }",
            [("f", ("a", "b", "c", "d")), ("g", ("x",)), ("m", ("z",))],
            id="js",
        ),
        pytest.param(
            "typescript", "function f(a: string, b?: number, c = 'x'): void {}", [("f", ("a", "b", "c"))], id="ts"
        ),
        pytest.param("go", "package m\nfunc (s *T) F(a, b string, c ...int) {}", [("F", ("a", "b", "c"))], id="go"),
        pytest.param(
            "java",
            "class A { A(String a, int... b) {} void f() { g(x -> x); } }",
            [("A", ("a", "b")), ("f", ()), ("", ("x",))],
            id="java",
        ),
        pytest.param("kotlin", "fun f(a: String, vararg b: Int) {}", [("f", ("a", "b"))], id="kotlin"),
        pytest.param(
            "csharp",
            "class A { A(int a) {} void F(string b, int c = 3) { G(o => o); } }",
            [("A", ("a",)), ("F", ("b", "c")), ("", ("o",))],
            id="c#",
        ),
        pytest.param(
            "rust",
            "fn f(&self, a: &str, mut b: String) { g(|x| x); }",
            [("f", ("self", "a", "b")), ("", ("x",))],
            id="rust",
        ),
        pytest.param(
            "php",
            "<?php function f(int $a, $b = 1, ...$c) { $g = fn($x) => $x; }",
            [("f", ("a", "b", "c")), ("g", ("x",))],
            id="php",
        ),
        pytest.param(
            "ruby", "def f(a, b = 1, c: 2, *d, **e, &g)\nend", [("f", ("a", "b", "c", "d", "e", "g"))], id="ruby"
        ),
        pytest.param("shell", "f() { echo a; }", [("f", ())], id="shell"),
        pytest.param(
            "powershell",
            "function F($a, [int]$b = 1) { }\nfunction G {\n param($c)\n $c\n}",
            [("F", ("a", "b")), ("G", ("c",))],
            id="powershell",
        ),
    ],
)
def test_functions(language: str, text: str, functions: list[Any]) -> None:
    assert [(each.name, each.parameters) for each in read_code(text, language).functions] == functions


def test_scopes_nest() -> None:
    found = read_code("a()\ndef f():\n  b()\n  def g(): c()\n  d()\n", "python")
    assert {call.callee: call.scope for call in found.calls} == {"a": 0, "b": 1, "c": 2, "d": 1}
    assert [(function.scope, function.parent) for function in found.functions] == [(1, 0), (2, 1)]


def test_places_of_one_call_are_exact() -> None:
    text = '# ключ\nclient.withdraw("ä", n=1)\n'
    (call,) = read_code(text, "python").calls
    assert text[call.start : call.end] == 'client.withdraw("ä", n=1)'
    assert text[call.callee_start : call.callee_end] == "client.withdraw"
    assert (call.receiver, call.method) == ("client", "withdraw")
    assert [text[argument.start : argument.end] for argument in call.arguments] == ['"ä"', "1"]


def test_mappings_inside_calls_inside_mappings_are_of_their_own() -> None:
    found = read_code("x = {'a': f({'b': 1}), 'c': [{'d': 2}]}", "python")
    assert [plain(entry) for entry in found.mappings] == [{"a": (), "c": [{"d": 2}]}, {"b": 1}]


def test_within() -> None:
    text = "f('a', g('b'))\nh('c')"
    found = read_code(text, "python")
    assert [each.value for each in within(found.texts, 0, text.index("\n"))] == ["a", "b"]
    assert within(found.texts, 4, 4) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("1_000", 1000),
        ("0x1F", 31),
        ("1.5", 1.5),
        ("2e3", 2000.0),
        ("10n", 10),
        ("2.5f", 2.5),
        ("0b11", 3),
        ("0777", 777),
        ("0xZ", None),
        ("9" * 50, None),
    ],
)
def test_number(text: str, value: object) -> None:
    assert number(text) == value


def test_unescape_keeps_what_it_does_not_know() -> None:
    assert unescape(r"a\tb\\c\u{1F511}\q\x4" + "\\\n.") == "a\tb\\c\U0001f511qx4."


# What no grammar reads.


@pytest.mark.parametrize("language", LANGUAGES)
def test_merge_conflicts_hide_nothing(language: str) -> None:
    opening = "<?php\n" if language == "php" else ""
    sides = 'client.withdraw("A")\n', 'client.transfer("B")\n'
    found = read_code(f"{opening}<<<<<<< HEAD\n{sides[0]}=======\n{sides[1]}>>>>>>> other\n", language)
    assert (found.how, found.reason) == ("parsed", "syntax errors") or language == "shell"
    assert {"A", "B"} <= {each.value for each in found.texts}
    assert {"client.withdraw", "client.transfer"} <= {call.callee for call in found.calls} or language == "shell"


def test_a_stray_prefix_hides_nothing() -> None:
    found = read_code('%%%! junk (\nClient("a", api_key=key)\nk = os.environ["X"]\nraise E(key)\n', "python")
    assert found.reason == "syntax errors"
    assert call_of(found, "Client") == ["a", ("api_key", ("key",))]
    assert [read.name for read in found.reads] == ["X"]
    assert [each.value.names for each in found.throws][-1] == ("key",)


def test_lines_alone() -> None:
    text = (
        "from a.b import c\n"
        "import { d } from 'e'\n"
        "const api_key = 'k'; n := -1.5\n"
        '{"enable": true, other: name.x}\n'
        "client.withdraw('A', amount=1, key, f(g))\n"
        "if (x) return\n"
        "k = os.getenv('X')\n"
        "throw new Error(apiKey)\n"
    )
    found = scan(text, "python", "why")
    assert (found.language, found.how, found.reason) == ("python", "fallback", "why")
    assert [each.module for each in found.imports] == ["a.b", "e"]
    assert [(each.target, shown(each.value)) for each in found.assignments] == [
        ("api_key", "k"),
        ("n", -1.5),
        ("enable", True),
        ("other", ("name.x",)),
        ("amount", 1),
        ("k", ()),
    ]
    assert call_of(found, "client.withdraw") == ["A", ("amount", 1), ("key",), ("g",)]
    assert [read.name for read in found.reads] == ["X"]
    assert [each.value.names for each in found.throws] == [("apiKey",)]
    assert {"k", "A", "X"} <= {each.value for each in found.texts}


HOSTILE = {
    "round": "(" * 300_000,
    "square": "[" * 300_000,
    "curly": "{" * 300_000,
    "quotes": '"' * 300_000,
    "calls": "f(" * 100_000,
    "chain": "a" + ".b" * 100_000,
    "sum": "a" + "+a" * 100_000,
    "angles": "<a" * 100_000,
    "backslashes": "\\" * 200_000,
    "templates": "`${" * 50_000,
    "substitutions": "$(" * 100_000,
    "controls": "\x00\x01\x1b" * 1000,
    "surrogates": "x = '\udcff'\n" * 100,
    "blocks": "if x:\n" * 20_000,
    "heredocs": "cat <<A\n" * 20_000,
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_texts_end_soon(language: str) -> None:
    for label, text in HOSTILE.items():
        begun = cpu_seconds()
        found = read_code(text, language)
        assert (found.how == "fallback") <= bool(found.reason), label
        assert cpu_seconds() - begun < 20, label  # a second or two; machines differ


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("x = 1\n" * 400_000, "more than 2,000,000 characters", id="size"),
        pytest.param("a" + ".b" * (DEPTH + 5), f"nested deeper than {DEPTH:,} levels", id="depth"),
        pytest.param("<a" * 50, "too many angle brackets in a row", id="angles"),
        pytest.param("f([{" * 101, "more than 300 brackets open", id="brackets"),
        pytest.param("case | " * 2000, "the same again and again", id="monotony"),
    ],
)
def test_limits(text: str, reason: str) -> None:
    found = read_code(f"client.withdraw('A')\n{text}", "python")
    assert (found.how, found.reason) == ("fallback", reason)
    assert found.calls[0].callee == "client.withdraw"


def test_too_many_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keylint.documents.code.builder.NODES", 10)
    assert read_code("f(a, b, c, d, e, f)\n" * 3, "python").reason == "more than 10 syntax nodes"
    assert NODES > 10


def test_too_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "PARSE_SECONDS", 0.0)
    text = "".join(f"f{n}(a, {n * n})\n" for n in range(5000))
    found = read_code(text, "python")
    assert (found.how, found.reason) == ("fallback", "parsing took longer than 0 s")
    with pytest.raises(TooMuch):
        package._parse(text, known()["python"])


_PIECES = st.sampled_from(
    [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        '"',
        "'",
        "`",
        "=",
        ":",
        ",",
        ";",
        "\n",
        "\r\n",
        " ",
        ".",
        "a",
        "key",
        "é",
        "鍵",
        "$",
        "${",
        "#",
        "//",
        "1",
        "f(",
        "=>",
        "<",
        "def f():",
        "class A",
        "<?php ",
        "\\",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LANGUAGES), st.lists(_PIECES, max_size=40).map("".join))
def test_every_place_lies_in_the_text_and_in_order(language: str, text: str) -> None:
    found = read_code(text, language)
    for items in found[3:]:
        spans = [(item.start, item.end) for item in items]
        assert spans == sorted(spans)
        assert all(0 <= start <= end <= len(text) for start, end in spans)


# Where values go.


def holds(found: Code, value: Argument, scope: int) -> bool:
    holders = names_of(found, is_key)
    return any(holders.named(name, scope) for name in value.names)


def is_key(name: str) -> bool:
    return name.rpartition(".")[2].lstrip("$").upper().endswith("API_KEY")


@pytest.mark.parametrize(
    ("text", "held"),
    [
        pytest.param("use(a)", False, id="nothing"),
        pytest.param("a = len(api_key)\nuse(a)", False, id="another value"),
        pytest.param("a = Client(api_key)\nuse(a)", False, id="a client"),
        pytest.param("a = {'k': api_key}\nuse(a)", False, id="a container"),
        pytest.param("def f():\n  a = api_key\ndef g():\n  use(a)", False, id="another scope"),
        pytest.param("use(api_key)", True, id="by name"),
        pytest.param("use(x + self.api_key)", True, id="inside an expression"),
        pytest.param("a = os.environ['API_KEY']\nb = a\nuse(b)", True, id="through names"),
        pytest.param("use(b)\nb = a\na = os.getenv('API_KEY', '')", True, id="in any order"),
        pytest.param("a = str(os.getenv('API_KEY')).strip()\nuse(a)", True, id="through casts"),
        pytest.param("a = api_key\ndef f():\n  def g():\n    use(a)", True, id="from the file"),
        pytest.param(
            "class A:\n  def f(self, api_key):\n    self.k = api_key\n  def g(self):\n    use(self.k)",
            True,
            id="from another method",
        ),
        pytest.param("def f():\n  a = api_key\n  use(f'{a}')", True, id="into a text"),
        pytest.param("a = b\nb = a\nuse(a)", False, id="in a circle"),
    ],
)
def test_flow(text: str, held: bool) -> None:
    found = read_code(text, "python")
    use = next(call for call in found.calls if call.callee == "use")
    assert holds(found, use.arguments[0], use.scope) is held


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param("javascript", "const a = process.env.API_KEY?.trim(); use(a)", id="js"),
        pytest.param("go", 'package m\nfunc f() { a := os.Getenv("API_KEY"); use(a) }', id="go"),
        pytest.param("java", 'class A { @Value("${API_KEY}") String a; void f() { use(this.a); use(a); } }', id="java"),
        pytest.param("rust", 'fn f() { let a = env::var("API_KEY").expect("x"); use_it(a); }', id="rust"),
        pytest.param("shell", "a=$API_KEY\nuse $a", id="shell"),
        pytest.param("powershell", "$a = $env:API_KEY; use $a", id="powershell"),
        pytest.param("php", "<?php $a = getenv('API_KEY'); use_it($a);", id="php"),
    ],
)
def test_flow_in_other_languages(language: str, text: str) -> None:
    found = read_code(text, language)
    use = [call for call in found.calls if call.callee.startswith("use")][-1]
    assert holds(found, use.arguments[0], use.scope)


def test_flow_is_linear() -> None:
    text = "\n".join(f"a{n + 1} = a{n}" for n in range(20_000)) + "\na0 = api_key\nuse(a20000)\n"
    found = read_code(text, "python")
    begun = cpu_seconds()
    assert holds(found, found.calls[-1].arguments[0], 0)
    assert cpu_seconds() - begun < 10


@pytest.mark.parametrize(
    ("language", "text", "callee", "arguments"),
    [
        pytest.param(
            "python",
            "f(not a, -b, +1, ~c, a if b else c)",
            "f",
            [("a",), ("b",), 1, ("c",), ("a", "b", "c")],
            id="python signs",
        ),
        pytest.param("python", "', '.join(names)", "join", [("names",)], id="a method of a text"),
        pytest.param(
            "python", "f(a[i], b[0].c, d['x'].e[k])", "f", [("a", "i"), ("b.0.c",), ("d.x.e", "k")], id="elements"
        ),
        pytest.param("python", "f('a' + 'b', 'a' * 2, a + 'b')", "f", ["ab", (), ("a",)], id="sums"),
        pytest.param("python", "f(x := 1, (y), await z, *w)", "f", [("x", 1), ("y",), ("z",), ("w",)], id="wrapped"),
        pytest.param(
            "javascript",
            "f(-1, !a, typeof b, [1], null, /x/, import.meta.url, a['b'], `x`)",
            "f",
            [-1, ("a",), ("b",), (), (), (), ("import.meta.url",), ("a.b",), "x"],
            id="js values",
        ),
        pytest.param(
            "javascript", "const a = require.context('./x'); f(({b: c = 1, ...d}) => c)", "f", [()], id="js patterns"
        ),
        pytest.param(
            "go",
            "package m\nfunc f() { g([]byte(k), v.(string), &a, *b, func() {}) }",
            "g",
            [("k",), ("v",), ("a",), ("b",), ()],
            id="go values",
        ),
        pytest.param(
            "java",
            "class A { void f() { g(this.a, (String) b, c ? d : e, a.b.C.class, x[0], -1.5f); } }",
            "g",
            [("this.a",), ("b",), ("c", "d", "e"), ("a.b.C",), ("x.0",), -1.5],
            id="java values",
        ),
        pytest.param("java", "class A extends B { A(int a) { super(a); } }", "super", [("a",)], id="java super"),
        pytest.param(
            "csharp",
            "F(base.A, this.B, (string)c, d!, a ? b : c, await e, new() { X = 1 }, -1);",
            "F",
            [("base.A",), ("this.B",), ("c",), ("d",), ("a", "b", "c"), ("e",), (), -1],
            id="c# values",
        ),
        pytest.param("csharp", "F(new { A = 1, b, c.D });", "F", [("b", "c.D")], id="c# anonymous"),
        pytest.param("csharp", 'var x = new A { ["k"] = v, [1] = w };', "A", [("k", ("v",))], id="c# index"),
        pytest.param("csharp", "base.F(a);", "base.F", [("a",)], id="c# base"),
        pytest.param(
            "kotlin",
            'f(a as String, -1, !b, listOf(1)[0], x ?: y, "a" to b, c in d)',
            "f",
            [("a",), -1, ("b",), (), ("x", "y"), ("a", ("b",)), ("c", "d")],
            id="kotlin values",
        ),
        pytest.param("kotlin", "run { f(x) }", "run", [], id="kotlin block"),
        pytest.param(
            "rust",
            "fn f() { g(&a, *b, c as u8, -1, (1, d), x[0], || e, if h { 1 } else { 2 }); }",
            "g",
            [("a",), ("b",), ("c",), -1, ("d",), ("x.0",), (), ("h",)],
            id="rust values",
        ),
        pytest.param(
            "rust",
            'fn f() { info!(target: "t", key = a.b, c.d(e)?, x + y, self.z["q"]); }',
            "info",
            [("target", "t"), ("key", ("a.b",)), ("c", "e"), ("x", "y"), ("self.z",)],
            id="rust macro pieces",
        ),
        pytest.param("rust", "fn f() { done!(); }", "done", [], id="rust empty macro"),
        pytest.param(
            "php",
            "<?php f(-1, !$a, (string) $b, @$c, self::D, E::$f, $g[0], $h ?? 'i', ['a'], ...$j);",
            "f",
            [-1, ("a",), ("b",), ("c",), ("self.D",), ("E.f",), ("g.0",), ("h",), (), ("j",)],
            id="php values",
        ),
        pytest.param("php", "<?php new class { };", "f", None, id="php anonymous class"),
        pytest.param("php", "<?php print $k; $x = new Foo;", "Foo", [], id="php without brackets"),
        pytest.param(
            "ruby",
            "f(*a, **b, -1, !c, d ? e : g, :s, %w[x y], h[0], &i)",
            "f",
            [("a",), ("b",), -1, ("c",), ("d", "e", "g"), "s", (), ("h.0",), ("i",)],
            id="ruby values",
        ),
        pytest.param("ruby", "f <<~A\n  key #{k}\nA\n", "f", [()], id="ruby heredoc"),
        pytest.param(
            "shell",
            "curl \"$(cat k)\" `id` $1 ${A[0]} $(( 1 + 2 )) {a,b} $'x\\n' > out",
            "curl",
            [(), (), ("1",), ("A",), (), "{a,b}", "x\n"],
            id="shell words",
        ),
        pytest.param(
            "powershell",
            "f @(1) $a[0] $b.c (g x) { d } [int]$e -n (-1) @splat",
            "f",
            [(), ("a.0",), ("b.c",), (), (), ("e",), ("n", -1), ("splat",)],
            id="powershell values",
        ),
        pytest.param("powershell", "& $exe --key $k", "exe", [("key", ("k",))], id="powershell call operator"),
        pytest.param("powershell", "[Spot]::new('k', $s)", "Spot.new", ["k", ("s",)], id="powershell new"),
    ],
)
def test_values_of_every_form(language: str, text: str, callee: str, arguments: list[Any] | None) -> None:
    found = read_code(text, language)
    if arguments is None:
        assert found.calls == ()
    else:
        assert call_of(found, callee) == arguments


def test_a_kotlin_class() -> None:
    text = (
        'class A(val a: String = "d") : B(k) {\n'
        "    val c by lazy { k }\n"
        "    val (d, e) = pair\n"
        '    @Value("\\${x.y}") lateinit var g: String\n'
        "    constructor(h: Int) : this() {}\n"
        "    fun f(i: Int = 3) = super.f(i)\n"
        "    val j = fun(l: Int) { m() }\n"
        "}\n"
    )
    found = read_code(text, "kotlin")
    targets = [(each.target, shown(each.value)) for each in found.assignments]
    assert targets == [("a", "d"), ("c", ()), ("d", ("pair",)), ("e", ("pair",)), ("i", 3), ("j", ())]
    assert [(each.name, each.parameters) for each in found.functions if each.parameters] == [
        ("", ("h",)),
        ("f", ("i",)),
        ("j", ("l",)),
    ]
    assert [(read.name, read.target) for read in found.reads] == [("x.y", "g")]
    assert call_of(found, "B") == [("k",)]
    assert call_of(found, "super.f") == [("i",)]


@pytest.mark.parametrize(
    ("language", "text", "reads"),
    [
        pytest.param("python", "k = app.config['X']; d = config['Y']", [("X", "k")], id="flask"),
        pytest.param("python", "k = int(os.environ.get('X') or 3)", [("X", "k")], id="a cast"),
        pytest.param("javascript", "process.env.X = 'v'; f(process.env)", [], id="js set"),
        pytest.param(
            "java",
            'class A { @Value("v") String k; @Other("${x}") String l; @Value("${x}") int m() {} }',
            [("x", "")],
            id="java others",
        ),
        pytest.param(
            "csharp", 'var k = Configuration.GetValue<string>("A:B") ?? "d";', [("A:B", "k")], id="c# default"
        ),
        pytest.param("shell", 'f "${K:?}" "$1" "$@" $#', [("K", "")], id="shell special"),
    ],
)
def test_reads_of_other_forms(language: str, text: str, reads: list[tuple[str, str]]) -> None:
    assert [(read.name, read.target) for read in read_code(text, language).reads] == reads


def test_lines_repair_only_what_is_broken() -> None:
    text = "a = f('x', )) ) (\nthrow new E(k)\nb = g('y')\nc = 'z'\n"
    found = read_code(text, "python")
    assert [each.value for each in found.texts] == ["x", "y", "z"]
    assert {call.callee for call in found.calls} >= {"f", "g"}
    assert [each.target for each in found.assignments] == ["a", "b", "c"]
    assert len({(each.start, each.end) for each in found.assignments}) == len(found.assignments)
