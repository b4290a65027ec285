"""Structured texts to trees: what is read, where it stands, and that nothing brings a parser down."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from keylint.documents.builder import CHARACTERS, DEPTH, NODES
from keylint.documents.document import Document
from keylint.documents.fallback import lines
from keylint.documents.notebook import cells
from keylint.documents.parsers import _grammars, parsers
from keylint.documents.tree import Node, Scalar, Tree, at, get, tree, walk

Row = tuple[tuple[str | int, ...], Scalar, str]

FILES = {
    "dockerfile": "Dockerfile",
    "dotenv": ".env",
    "hcl": "main.tf",
    "ini": "a.ini",
    "json": "a.json",
    "properties": "a.properties",
    "toml": "a.toml",
    "xml": "a.xml",
    "yaml": "a.yaml",
}


def read(path: str, text: str) -> Tree:
    found = tree(Document(path, text))
    assert found is not None
    return found


def rows(path: str, text: str) -> list[Row]:
    """Every scalar: what leads to it, its value, and how it is written at its place."""
    found = read(path, text)
    assert found.reason == ""
    return scalars(found.root, text)


def scalars(root: Node, text: str) -> list[Row]:
    return [
        (visit.path, visit.node.value, text[visit.node.start : visit.node.end])
        for visit in walk(root)
        if visit.node.kind == "scalar"
    ]


def plain(node: Node) -> Any:
    if node.kind == "mapping":
        return {child.name: plain(child) for child in node.children}
    return [plain(child) for child in node.children] if node.kind == "sequence" else node.value


@pytest.mark.parametrize(
    ("path", "form"),
    [
        pytest.param("README.md", None, id="prose"),
        pytest.param("src/bot.py", None, id="code"),
        pytest.param("notes.txt", None, id="a text of no format"),
        pytest.param("environment.ts", None, id="no environment file"),
        pytest.param("Makefile", None, id="no ending"),
        pytest.param("deploy/values.yaml", "yaml", id="yaml"),
        pytest.param("docker-compose.YML", "yaml", id="upper case"),
        pytest.param("chart/templates/secret.yaml.j2", "yaml", id="a template"),
        pytest.param("config.json.example", "json", id="an example"),
        pytest.param("terraform.tfstate.backup", "json", id="a backup"),
        pytest.param("x.ipynb", "json", id="notebook"),
        pytest.param(".babelrc", "json", id="babelrc"),
        pytest.param("backup.zip!conf/.env", "dotenv", id="in an archive"),
        pytest.param(".env.production.local", "dotenv", id="env with endings"),
        pytest.param("bot.env", "dotenv", id="env as ending"),
        pytest.param(".env-sample", "dotenv", id="env with a dash"),
        pytest.param(".envrc", "dotenv", id="envrc"),
        pytest.param("Dockerfile", "dockerfile", id="dockerfile"),
        pytest.param("Dockerfile.prod", "dockerfile", id="dockerfile with an ending"),
        pytest.param("api.Dockerfile", "dockerfile", id="dockerfile as ending"),
        pytest.param("Containerfile", "dockerfile", id="containerfile"),
        pytest.param("user.cfg", "ini", id="cfg"),
        pytest.param("a.properties", "properties", id="properties"),
        pytest.param("pyproject.toml", "toml", id="toml"),
        pytest.param("prod.tfvars", "hcl", id="tfvars"),
        pytest.param("pom.xml", "xml", id="xml"),
    ],
)
def test_the_name_tells_the_format(path: str, form: str | None) -> None:
    found = tree(Document(path, ""))
    assert (found and found.format) == form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        pytest.param("{{ a }}", None, id="a template"),
        pytest.param("just words: and a colon", None, id="prose"),
        pytest.param('{"a": 1}', "json", id="json"),
        pytest.param('[\n {"a": 1}]', "json", id="json list"),
        pytest.param('<?xml version="1.0"?><a/>', "xml", id="xml"),
        pytest.param("---\na: 1\n", "yaml", id="yaml"),
    ],
)
@pytest.mark.parametrize("path", ["dump", "dump.txt"])
def test_names_that_say_nothing_leave_it_to_the_beginning(path: str, text: str, form: str | None) -> None:
    found = tree(Document(path, text))
    assert (found and found.format) == form
    assert tree(Document("code.js", text)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("# only\n", [], id="a comment"),
        pytest.param("ä: b\n", [(("ä",), "b", "b")], id="plain"),
        pytest.param("a: b # c\r\nd: e\r\n", [(("a",), "b", "b"), (("d",), "e", "e")], id="CRLF and comment"),
        pytest.param("a: 'b''c'", [(("a",), "b'c", "b''c")], id="single quotes"),
        pytest.param('a: "b\\n"', [(("a",), "b\n", "b\\n")], id="double quotes"),
        pytest.param("a: &x !!str 12", [(("a",), "12", "12")], id="anchor and tag before a value"),
        pytest.param("a: |-\n  b\n  c\n\nd: 1", [(("a",), "b\nc", "b\n  c"), (("d",), 1, "1")], id="block"),
        pytest.param("a: >\n\n  b\n", [(("a",), "\nb\n", "b")], id="folded block after a blank line"),
        pytest.param(
            "a: yes\nb: on\nc: ~\nd:",
            [(("a",), True, "yes"), (("b",), True, "on"), (("c",), None, "~"), (("d",), None, "")],
            id="words",
        ),
        pytest.param("on: 1", [(("on",), 1, "1")], id="a name is never a boolean"),
        pytest.param(
            "a: 0o17\nb: 0644\nc: 1.5\nd: 1_0\ne: .inf\nf: 1:30",
            [
                (("a",), "0o17", "0o17"),
                (("b",), 420, "0644"),
                (("c",), 1.5, "1.5"),
                (("d",), 10, "1_0"),
                (("e",), ".inf", ".inf"),
                (("f",), "1:30", "1:30"),
            ],
            id="numbers",
        ),
        pytest.param("a: !!int '1'\nb: !x 'y'", [(("a",), 1, "1"), (("b",), "y", "y")], id="tags"),
        pytest.param("a: 2026-01-02", [(("a",), "2026-01-02", "2026-01-02")], id="dates stay text"),
        pytest.param("- [a, {b: c}]", [((0, 0), "a", "a"), ((0, 1, "b"), "c", "c")], id="flow"),
        pytest.param("a: 1\n---\nb: 2\n", [((0, "a"), 1, "1"), ((1, "b"), 2, "2")], id="documents"),
        pytest.param("? [a, b]\n: c", [(("[a, b]",), "c", "c")], id="a list as name"),
        pytest.param("? {a: [b]}\n: c", [(("{a: [b]}",), "c", "c")], id="a mapping as name"),
        pytest.param("a: &x b\nc: *x", [(("a",), "b", "b"), (("c",), "b", "b")], id="alias"),
        pytest.param("a: &x b\n*x : c", [(("a",), "b", "b"), (("b",), "c", "c")], id="alias as name"),
        pytest.param("a: *x", [(("a",), "*x", "*x")], id="alias of nothing"),
        pytest.param("a: &x [*x]", [(("a", 0), "*x", "*x")], id="alias of itself"),
        pytest.param(
            "a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3",
            [(("a", "b"), 1, "1"), (("a", "c"), 2, "2"), (("d", "b"), 1, "1"), (("d", "c"), 3, "3")],
            id="merge",
        ),
        pytest.param(
            "a: &x {b: 1}\nc: &y {b: 2}\nd:\n  <<: [*x, *y]",
            [(("a", "b"), 1, "1"), (("c", "b"), 2, "2"), (("d", "b"), 1, "1")],
            id="merge of several",
        ),
        pytest.param("<<: b", [(("<<",), "b", "b")], id="merge of a text"),
        pytest.param("a: {{ .Values.b }}", [(("a",), "{{ .Values.b }}", "{{ .Values.b }}")], id="template"),
        pytest.param('a: "{{ b }}c"', [(("a",), "{{ b }}c", "{{ b }}c")], id="template in quotes"),
        pytest.param(
            'a: {{ include "b" . | quote }}\n{{- if c }}\nd: ${{ e }}\n{{- end }}',
            [(("a",), '{{ include "b" . | quote }}', '{{ include "b" . | quote }}'), (("d",), "${{ e }}", "${{ e }}")],
            id="Helm",
        ),
        pytest.param("{% if a %}\nb: 1\n{% endif %}", [(("b",), 1, "1")], id="Jinja"),
        pytest.param("{{ a }}: 1", [(("{{ a }}",), 1, "1")], id="template as name"),
        pytest.param('"{{": 1 # }}', [(("{{",), 1, "1")], id="quotes that are no template"),
        pytest.param('a: "{{"\nb: "}}"', [(("a",), "{{", "{{"), (("b",), "}}", "}}")], id="braces on two lines"),
        pytest.param("a: {b: {{c: 1}: 2}}", [(("a", "b", "{c: 1}"), 2, "2")], id="braces that are no template"),
        pytest.param(
            "a: b\udc80c\x07", [(("a",), "b\ufffdc\ufffd", "b\udc80c\x07")], id="characters that YAML refuses"
        ),
    ],
)
def test_yaml(text: str, expected: list[Row]) -> None:
    assert rows("a.yaml", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param(
            '{"ä": "b", "c": [1, 1.5, true, null]}',
            [
                (("ä",), "b", "b"),
                (("c", 0), 1, "1"),
                (("c", 1), 1.5, "1.5"),
                (("c", 2), True, "true"),
                (("c", 3), None, "null"),
            ],
            id="values",
        ),
        pytest.param(
            '{"a": "b\\n\\u00e4\\ud83d\\ude00"}', [(("a",), "b\nä😀", "b\\n\\u00e4\\ud83d\\ude00")], id="escapes"
        ),
        pytest.param(
            '// x\n{"a": 1, /* y */ "b": 2, # z\n}',
            [(("a",), 1, "1"), (("b",), 2, "2")],
            id="comments and a trailing comma",
        ),
        pytest.param(
            "{a: 'b\\'c', $d: [1,],}",
            [(("a",), "b'c", "b\\'c"), (("$d", 0), 1, "1")],
            id="single quotes and bare names",
        ),
        pytest.param(
            '["\\x41\\\nB\\v", "c"]', [((0,), "AB\v", "\\x41\\\nB\\v"), ((1,), "c", "c")], id="escapes of JSON5"
        ),
        pytest.param(
            "[0x1F, .5, +1, 1e3, NaN, -Infinity]",
            [
                ((0,), 31, "0x1F"),
                ((1,), 0.5, ".5"),
                ((2,), 1, "+1"),
                ((3,), 1000.0, "1e3"),
                ((4,), "NaN", "NaN"),
                ((5,), "-Infinity", "-Infinity"),
            ],
            id="numbers of JSON5",
        ),
        pytest.param('{"a": 1}\n{"a": 2}\n', [((0, "a"), 1, "1"), ((1, "a"), 2, "2")], id="lines"),
        pytest.param(
            '{"a": {{ b }}, {{ c }}: "d"}', [(("a",), "{{ b }}", "{{ b }}"), (("{{ c }}",), "d", "d")], id="template"
        ),
        pytest.param('{"a": 1{% if b %}, "b": 2{% endif %}}', [(("a",), 1, "1"), (("b",), 2, "2")], id="Jinja"),
        pytest.param("{'a': True, 'b': None}", [(("a",), True, "True"), (("b",), None, "None")], id="Python"),
        pytest.param('{"a": 1, "a": 2}', [(("a",), 1, "1"), (("a",), 2, "2")], id="a name twice"),
    ],
)
def test_json(text: str, expected: list[Row]) -> None:
    assert rows("a.json", text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param('{"a": 1', "ends too early", id="not closed"),
        pytest.param('{"a"', "unexpected end on line 1", id="no colon"),
        pytest.param('{"a":', "unexpected end on line 1", id="no value"),
        pytest.param('{"a":}', "unexpected character on line 1", id="no value before the end"),
        pytest.param("[1}", "unexpected character on line 1", id="wrong bracket"),
        pytest.param("{,}", "unexpected character on line 1", id="no name"),
        pytest.param("{[1]: 2}", "unexpected character on line 1", id="a list as name"),
        pytest.param('{"a": 1\n "b" 2}', "unexpected character on line 2", id="no comma"),
        pytest.param("]", "unexpected character on line 1", id="closed too often"),
        pytest.param("[word]", "unexpected character on line 1", id="a word"),
        pytest.param("[1x]", "a number that is none", id="no number"),
        pytest.param("['a]", "unexpected end on line 1", id="no quote"),
        pytest.param("[@]", "unexpected character on line 1", id="no token"),
        pytest.param("[" * (DEPTH + 1), f"nested deeper than {DEPTH}", id="deep"),
        pytest.param("[" + "1," * NODES + "]", f"more than {NODES:,} values", id="many"),
        pytest.param(" " * (CHARACTERS + 1), f"more than {CHARACTERS:,} characters", id="large"),
    ],
)
def test_json_that_is_none(text: str, reason: str) -> None:
    assert read("a.json", text).reason == reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("# A=b\nsource x\n", [], id="no assignment"),
        pytest.param("A=b\r\nexport C = d # e\n", [(("A",), "b", "b"), (("C",), "d", "d")], id="bare"),
        pytest.param("A=b#c\nD=#e\nF=\n", [(("A",), "b#c", "b#c"), (("D",), "", ""), (("F",), "", "")], id="comments"),
        pytest.param(
            'A=\'b \\\' # c\nD="ä\\n\\"" # e', [(("A",), "b \\", "b \\"), (("D",), 'ä\n"', 'ä\\n\\"')], id="quotes"
        ),
        pytest.param('A="b\n c"\nD=`e`', [(("A",), "b\n c", "b\n c"), (("D",), "e", "e")], id="over lines"),
        pytest.param(
            'A="b\nC="d"\n', [(("A",), '"b', '"b'), (("C",), "d", "d")], id="a forgotten quote swallows nothing"
        ),
        pytest.param('A="b', [(("A",), '"b', '"b')], id="a forgotten quote at the end"),
        pytest.param("a.b-c: d\nurl:x\n", [(("a.b-c",), "d", "d")], id="colon"),
    ],
)
def test_dotenv(text: str, expected: list[Row]) -> None:
    assert rows(".env", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("; a = b\n# c\n\nword\n", [], id="nothing"),
        pytest.param(
            "a = b\n[s]\nc: d\n[s]\nc=e",
            [(("a",), "b", "b"), (("s", "c"), "d", "d"), (("s", "c"), "e", "e")],
            id="sections",
        ),
        pytest.param(
            "a = 'ä' ; b\nc = d ; e\nf = ;g\nh = \"i",
            [(("a",), "ä", "ä"), (("c",), "d", "d"), (("f",), "", ""), (("h",), '"i', '"i')],
            id="quotes and comments",
        ),
        pytest.param(
            "a =\n  b\n  c >= 1\n  d = e\n\nf = g\n  h",
            [(("a",), "b\nc >= 1", "b\n  c >= 1"), (("d",), "e", "e"), (("f",), "g\nh", "g\n  h")],
            id="continued",
        ),
        pytest.param("a =\n  [b]\n", [(("a",), "[b]", "[b]")], id="a list is no section"),
        pytest.param("api key = a", [(("api key",), "a", "a")], id="a name with a blank"),
        pytest.param(
            "server 1.2.3.4:80\nEnvironment A=b",
            [(("server",), "1.2.3.4:80", "1.2.3.4:80"), (("Environment",), "A=b", "A=b")],
            id="blank as separator",
        ),
        pytest.param("a {\n  b c;\n  d e;\n}", [(("b",), "c;", "c;"), (("d",), "e;", "e;")], id="braces"),
        pytest.param("= a", [], id="no name"),
    ],
)
def test_ini(text: str, expected: list[Row]) -> None:
    assert rows("a.ini", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("# a=b\n! c=d\nword\n", [], id="nothing"),
        pytest.param(
            "a=b\nc: d\ne f g\r\n", [(("a",), "b", "b"), (("c",), "d", "d"), (("e",), "f g", "f g")], id="separators"
        ),
        pytest.param("a=b\\\n  c", [(("a",), "bc", "b\\\n  c")], id="continued"),
        pytest.param("a\\ b=\\u00e4\\t\\:", [(("a b",), "ä\t:", "\\u00e4\\t\\:")], id="escapes"),
    ],
)
def test_properties(text: str, expected: list[Row]) -> None:
    assert rows("a.properties", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param('<?xml version="1.0"?><!-- <b>c</b> --><a/>', [], id="nothing"),
        pytest.param(
            "<a b='ä' c=\"&lt;&#65;&#x42;\"/>",
            [(("a", "b"), "ä", "ä"), (("a", "c"), "<AB", "&lt;&#65;&#x42;")],
            id="attributes",
        ),
        pytest.param(
            "<a><b> c\n</b><b>d</b></a>",
            [(("a", "b"), "c", "c"), (("a", "b"), "d", "d")],
            id="an element with a text is the text",
        ),
        pytest.param("<a b='c'>d</a>", [(("a", "b"), "c", "c"), (("a", 1), "d", "d")], id="text and attribute"),
        pytest.param(
            "<a>b<c/><![CDATA[<d>&amp;]]></a>", [(("a", 0), "b", "b"), (("a", 2), "<d>&amp;", "<d>&amp;")], id="literal"
        ),
        pytest.param(
            '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///c"><!-- > -->]><a>&b;&#x110000;</a>',
            [(("a",), "&b;&#x110000;", "&b;&#x110000;")],
            id="entities are never expanded",
        ),
    ],
)
def test_xml(text: str, expected: list[Row]) -> None:
    assert rows("a.xml", text) == expected


@pytest.mark.parametrize(
    "text", ["<a>", "<a></b>", "</a>", "<a b></a>", "text", "<a/>text", "<", "<a b='c'", "<!DOCTYPE a [", "<!-- a"]
)
def test_xml_that_is_none(text: str) -> None:
    assert read("a.xml", text).reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("# a\n\n", [], id="nothing"),
        pytest.param(
            "FROM a:b AS c\nuser root", [((0, 0), "a:b AS c", "a:b AS c"), ((1, 0), "root", "root")], id="plain"
        ),
        pytest.param(
            'ENV A=b C="d \\"e" \\\n # f\n\n  G=\'ä\' H=\nRUN x',
            [
                ((0, "A"), "b", "b"),
                ((0, "C"), 'd "e', 'd \\"e'),
                ((0, "G"), "ä", "ä"),
                ((0, "H"), "", ""),
                ((1, 0), "x", "x"),
            ],
            id="pairs",
        ),
        pytest.param(
            'ENV A b c \nARG D\nARG E=f\nLABEL "g h"=i',
            [((0, "A"), "b c", "b c"), ((1, "D"), None, ""), ((2, "E"), "f", "f"), ((3, "g h"), "i", "i")],
            id="other pairs",
        ),
        pytest.param(
            'COPY --chmod=777 --link --from="a" b \\\n c /d',
            [
                ((0, "chmod"), "777", "777"),
                ((0, "link"), True, "link"),
                ((0, "from"), "a", "a"),
                ((0, 3), "b", "b"),
                ((0, 4), "c", "c"),
                ((0, 5), "/d", "/d"),
            ],
            id="flags",
        ),
        pytest.param('CMD ["a", "b\\"c"]', [((0, 0, 0), "a", "a"), ((0, 0, 1), 'b"c', 'b\\"c')], id="list"),
        pytest.param("RUN a \\\n  b", [((0, 0), "a   b", "a \\\n  b")], id="continued"),
        pytest.param(
            "RUN <<E cat\na\nE\nUSER b", [((0, 0), "<<E cat\na\nE", "<<E cat\na\nE"), ((1, 0), "b", "b")], id="document"
        ),
        pytest.param("ONBUILD USER a", [((0, "USER", 0), "a", "a")], id="onbuild"),
        pytest.param("# escape=`\nRUN a `\n b", [((0, 0), "a  b", "a `\n b")], id="another escape"),
        pytest.param("USER", [], id="no argument"),
        pytest.param("RUN a \\", [((0, 0), "a \\", "a \\")], id="continued by nothing"),
    ],
)
def test_dockerfile(text: str, expected: list[Row]) -> None:
    assert rows("Dockerfile", text) == expected
    assert [child.name for child in read("Dockerfile", text).root.children] == [
        line.split()[0].upper() for line in text.split("\n") if re.match("[a-zA-Z]+( |$)", line) and len(line) > 1
    ]


@pytest.mark.parametrize("text", ["HELLO a", "RUN <<E\na", "ENV =a", 'ENV A="b"c\'', "1"])
def test_dockerfile_that_is_none(text: str) -> None:
    assert read("Dockerfile", text).reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("# a\n", [], id="nothing"),
        pytest.param('ä = "b"', [(("ä",), "b", "b")], id="a bare name outside ASCII"),
        pytest.param("# ä\na = \"bä\\n\" # c\nd = 'e'", [(("a",), "bä\n", "bä\\n"), (("d",), "e", "e")], id="texts"),
        pytest.param("a.\"b c\".'d' = 1", [(("a", "b c", "d"), 1, "1")], id="dotted"),
        pytest.param("[a.b]\nc = 1\n[a.d]\ne = 2", [(("a", "b", "c"), 1, "1"), (("a", "d", "e"), 2, "2")], id="tables"),
        pytest.param("[[a]]\nb = 1\n[[a]]\nb = 2", [(("a", "b"), 1, "1"), (("a", "b"), 2, "2")], id="array of tables"),
        pytest.param(
            "a = [1, # b\n {c = true, d = false}]",
            [(("a", 0), 1, "1"), (("a", 1, "c"), True, "true"), (("a", 1, "d"), False, "false")],
            id="nested",
        ),
        pytest.param(
            'a = """\nb\\\n  c"""\nd = \'\'\'e\\\n\'\'\'\nf = ""',
            [(("a",), "bc", "b\\\n  c"), (("d",), "e\\\n", "e\\\n"), (("f",), "", "")],
            id="over lines",
        ),
        pytest.param(
            "a = 0x1F\nb = 1_000\nc = 1.5\nd = inf\ne = 2026-01-02\nf = 0",
            [
                (("a",), 31, "0x1F"),
                (("b",), 1000, "1_000"),
                (("c",), 1.5, "1.5"),
                (("d",), float("inf"), "inf"),
                (("e",), "2026-01-02", "2026-01-02"),
                (("f",), 0, "0"),
            ],
            id="numbers and dates",
        ),
        pytest.param(
            'a = "\\u00e4\\U0001F600\\UFFFFFFFF"', [(("a",), "ä😀", "\\u00e4\\U0001F600\\UFFFFFFFF")], id="escapes"
        ),
        pytest.param("a = " + "1" * 5000, [(("a",), "1" * 5000, "1" * 5000)], id="a number that is too long"),
        pytest.param("a = ", None, id="no value"),
        pytest.param("a = " + "[" * (DEPTH + 1), None, id="deep"),
        pytest.param(".".join(["a"] * (DEPTH + 2)) + " = 1", None, id="a deep name"),
        pytest.param("#" * 800_000, None, id="large"),
    ],
)
def test_toml(text: str, expected: list[Row] | None) -> None:
    if expected is None:
        assert read("a.toml", text).reason
    else:
        assert rows("a.toml", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("// a\n# b\n/* c */", [], id="nothing"),
        pytest.param(
            'a = "bä\\n\\u00e4"\nc = true', [(("a",), "bä\nä", "bä\\n\\u00e4"), (("c",), True, "true")], id="attributes"
        ),
        pytest.param(
            'r "a" "b" {\n c = 1\n d { e = null }\n}',
            [(("r", "a", "b", "c"), 1, "1"), (("r", "a", "b", "d", "e"), None, "null")],
            id="blocks",
        ),
        pytest.param(
            'a = [1.5, "b", -2]\nc = {d = "e", "f" : "g"}',
            [
                (("a", 0), 1.5, "1.5"),
                (("a", 1), "b", "b"),
                (("a", 2), -2, "-2"),
                (("c", "d"), "e", "e"),
                (("c", "f"), "g", "g"),
            ],
            id="nested",
        ),
        pytest.param(
            'a = var.b\nc = "d${var.e}"\nf = g()',
            [(("a",), "${var.b}", "var.b"), (("c",), "d${var.e}", "d${var.e}"), (("f",), "${g()}", "g()")],
            id="expressions",
        ),
        pytest.param(
            'a = jsonencode({b = "c"})\nd = merge({e = "f"}, var.g)',
            [(("a", "b"), "c", "c"), (("d", 0, "e"), "f", "f"), (("d", 1), "${var.g}", "var.g")],
            id="functions",
        ),
        pytest.param(
            "a = <<-E\n  b\n  c\nE\nd = 1", [(("a",), "  b\n  c", "  b\n  c"), (("d",), 1, "1")], id="document"
        ),
        pytest.param("a = " + "1" * 5000, [(("a",), "1" * 5000, "1" * 5000)], id="a number that is too long"),
        pytest.param("<<<<<<< HEAD\na = 1", None, id="merge markers"),
    ],
)
def test_hcl(text: str, expected: list[Row] | None) -> None:
    if expected is None:
        assert read("a.tf", text).reason
    else:
        assert rows("a.tf", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("words, and more words\nhttp://a/b\na == b\n", [], id="no setting"),
        pytest.param("a: b # c\n  - d = 'e'; \n", [(("a",), "b", "b"), (("d",), "e", "e")], id="lines"),
        pytest.param(
            '{"a": "b", "c": 1, "d": tRue}',
            [(("a",), "b", "b"), (("c",), 1, "1"), (("d",), True, "tRue")],
            id="several in a line",
        ),
        pytest.param("'a' => null,\nexport B=1.5", [(("a",), None, "null"), (("B",), 1.5, "1.5")], id="other signs"),
        pytest.param('a: "b\nc: ""', [(("a",), '"b', '"b'), (("c",), "", "")], id="quotes"),
        pytest.param("a:\n  b: {{ c }}\n", [(("b",), "{{ c }}", "{{ c }}")], id="a template"),
        pytest.param("<<<<<<< HEAD\n+  a: b\n", [(("a",), "b", "b")], id="merge markers"),
    ],
)
def test_what_no_parser_reads_still_shows_its_settings(text: str, expected: list[Row]) -> None:
    assert scalars(lines(text), text) == expected


def test_a_broken_file_falls_back_and_says_why() -> None:
    text = '{"key": "a",\n "secret": "b\n "c": 1}'
    found = read("a.json", text)
    assert (found.format, found.reason) == ("json", "unexpected character on line 3")
    assert [row[0] for row in scalars(found.root, text)] == [("key",), ("secret",), ("c",)]
    assert read("a.yaml", "a:\n\t- b: c").reason == "found character that cannot start any token on line 2"


def test_names_lead_to_values() -> None:
    root = read("a.toml", "[a.b]\nc = 1\n[a.d]\ne = 2\n").root
    first = get(root, "a", "b", "c")
    assert first is not None
    assert first.value == 1
    assert get(root) is root
    assert get(root, "a", "x") is None
    assert get(root, "a", "b", "c", "d") is None


def test_offsets_lead_to_values() -> None:
    document = Document("a.yaml", "a: bcd\ne: [f]\n")
    for offset, path in ((0, None), (2, None), (3, ("a",)), (5, ("a",)), (6, None), (11, ("e", 0)), (13, None)):
        visit = at(document, offset)
        assert (visit and visit.path) == path
    assert at(Document("README.md", "a: b"), 3) is None


NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "source": "# ä"},
        {
            "cell_type": "code",
            "source": ['a = "b\\n"\n', "c = '😀d'"],
            "outputs": [{"text": ["e\n", "f"]}, {"data": {"text/plain": "g", "image/png": "h"}}, {"traceback": ["i"]}],
        },
        {"cell_type": "unknown", "source": [1, "j"]},
        {"cell_type": "code", "source": []},
    ],
    "metadata": {"kernelspec": {"language": "Julia"}},
}


@pytest.mark.parametrize("is_ascii", [False, True])
def test_cells_of_a_notebook_know_where_they_stand(is_ascii: bool) -> None:
    text = json.dumps(NOTEBOOK, ensure_ascii=is_ascii, indent=1)
    found = cells(Document("a.ipynb", text))
    assert [(cell.kind, cell.language, cell.text) for cell in found] == [
        ("markdown", "", "# ä"),
        ("code", "julia", "a = \"b\\n\"\nc = '😀d'"),
        ("output", "", "e\nf"),
        ("output", "", "g"),
        ("output", "", "i"),
        ("raw", "", "j"),
    ]
    for cell in found:
        for place, character in enumerate(cell.text):
            start, end = cell.span(place, place + 1)
            assert json.loads(f'"{text[start:end]}"') == character


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.json", json.dumps(NOTEBOOK), id="another name"),
        pytest.param("a.py", "", id="no parser"),
        pytest.param("a.ipynb", "{", id="broken"),
        pytest.param("a.ipynb", '{"cells": [{"source": "\\x41"}]}', id="escapes that notebooks do not have"),
    ],
)
def test_what_is_no_notebook_has_no_cells(path: str, text: str) -> None:
    assert cells(Document(path, text)) == ()


def test_old_notebooks_have_their_cells_in_worksheets() -> None:
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": "a", "outputs": [{"text": "b"}]}]}]}
    assert [cell[:3] for cell in cells(Document("a.ipynb", json.dumps(old)))] == [
        ("code", "python", "a"),
        ("output", "", "b"),
    ]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner),
    max_leaves=12,
)
HOLDERS = st.dictionaries(st.text(min_size=1), VALUES, min_size=1)


@given(HOLDERS, st.booleans(), st.sampled_from([None, 2, "\t"]))
def test_json_is_read_as_the_standard_library_does(data: Any, is_ascii: bool, indent: Any) -> None:
    text = json.dumps(data, ensure_ascii=is_ascii, indent=indent)
    found = read("a.json", text)
    assert (plain(found.root), found.reason) == (data, "")
    for path, value, written in scalars(found.root, text):
        assert path
        assert json.loads(f'"{written}"' if isinstance(value, str) else written) == value


PRINTABLE = st.text(st.characters(min_codepoint=32, exclude_categories=["C", "Z"]), min_size=1)


@given(
    st.dictionaries(PRINTABLE, PRINTABLE | st.integers() | st.lists(PRINTABLE), min_size=1),
    st.sampled_from(["'", '"', "|", None]),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
)
def test_yaml_is_read_as_pyyaml_does(data: Any, style: Any, is_flow: bool, ending: str) -> None:
    text = yaml.safe_dump(
        data, default_style=style, default_flow_style=is_flow, allow_unicode=True, line_break=ending, width=10_000
    )
    assert plain(read("a.yaml", text).root) == yaml.safe_load(text)


WORD = st.text(st.characters(categories=["L", "N"], max_codepoint=0xFFFF), min_size=1, max_size=12)
NAME = st.from_regex("[a-z_]{1,9}", fullmatch=True)
SHAPES = {
    "dotenv": "{0}={1}",
    "hcl": '{0} =\t"{1}"',
    "ini": "{0}\t=\t{1}",
    "json": '"{0}": "{1}",',
    "properties": "\t{0} {1}",
    "toml": '{0} = "{1}"',
    "xml": "<{0}>{1}</{0}>",
    "yaml": "{0}: '{1}'",
    "dockerfile": "ENV {0}={1}",
}


@pytest.mark.parametrize("form", sorted(SHAPES))
@given(pairs=st.dictionaries(NAME, WORD, min_size=1), ending=st.sampled_from(["\n", "\r\n"]))
def test_every_value_stands_where_it_is_said_to(form: str, pairs: dict[str, str], ending: str) -> None:
    start, end = {"json": ("{", "}"), "xml": ("<x>", "</x>")}.get(form, ("", ""))
    text = start + "".join(SHAPES[form].format(*pair) + ending for pair in pairs.items()) + end
    found = read(FILES[form], text)
    nodes = [visit.node for visit in walk(found.root) if visit.node.kind == "scalar"]
    assert found.reason == ""
    assert [(text[node.name_start : node.name_end], text[node.start : node.end]) for node in nodes] == list(
        pairs.items()
    )
    assert [(node.name, node.value) for node in nodes] == list(pairs.items())


MARKS = "a b1 = : , ; # ' \" ` ''' \"\"\" { } [ ] [[ ]] ( ) < > </ /> <!-- --> <!DOCTYPE <![CDATA[ ]]> {{ }} {% %} ${ -"
MARKS += r" | > & * << ! \ \u00e4 \ud83d // /* */ ENV RUN COPY <<E E true null 1 0x1 1.5 export --a= ."
BLANKS = [" ", "  ", "\n", "\r\n", "\n  ", "\\\n", "\t", "\x85", "\ufeff", "---\n", "\udc80", "\0", "ä", "😀"]
SOUP = st.lists(st.sampled_from([*MARKS.split(), *BLANKS, "a: ", "a = ", '"a": ']), max_size=30).map("".join)


@pytest.mark.parametrize("form", sorted(FILES))
@given(text=SOUP | st.text())
@example(text="\ufeffa: 1")
def test_no_text_brings_a_parser_down(form: str, text: str) -> None:
    found = read(FILES[form], text)
    for visit in walk(found.root):
        node = visit.node
        assert 0 <= node.start <= node.end <= len(text)
        assert 0 <= node.name_start <= node.name_end <= len(text)
        assert (node.kind == "scalar") >= (node.value is not None)


HOSTILE = {
    "brackets": "[" * 100_000,
    "braces": "{" * 300_000,
    "closed brackets": "a = " + "[" * 100_000 + "]" * 100_000,
    "indents": "".join(" " * indent + "a:\n" for indent in range(400)),
    "dashes": "- " * 100_000,
    "question marks": "? " * 100_000,
    "keys in keys": "? [" + "[" * 1000,
    "quotes": "a='" * 50_000,
    "backslashes": "A=" + "\\" * 500_000,
    "blanks": " " * 500_000 + "x",
    "digits": "[1" + "1" * 500_000 + "x]",
    "templates": "k: " + "{{ a }} b " * 50_000,
    "open templates": "{{ a " * 50_000,
    "elements": "<a>" * 100_000,
    "comments": "<!--" * 50_000,
    "a document type": "<!DOCTYPE a " + "<" * 100_000,
    "entities": "<!DOCTYPE a [<!ENTITY b 'c'>" + "<!ENTITY b '&b;&b;'>" * 50 + "]><a>&b;</a>",
    "heredocs": "".join(f"RUN a <<E{number}\n" for number in range(20_000)),
    "many heredocs": "RUN " + "a <<E " * 200 + "\nE\n",
    "onbuild": "ONBUILD " * 1000,
    "continued lines": "a = \n" + "  b\n" * 100_000,
    "labels": "a " * 10_000 + "{}",
    "cyclic": "a: &a [*a, {b: *a}]\n<<: *a\n&x k: *x\n",
    "laughs": "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [" + f"*a{n - 1}," * 9 + "]\n" for n in range(1, 40)),
    "merged laughs": "a0: &a0 {x: 1}\n"
    + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], y{n}: *a{n - 1}}}\n" for n in range(1, 200)),
    "large": '{"a": "b"},' * 500_000,
}


@pytest.mark.parametrize("form", sorted(FILES))
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_texts_end_within_limits(case: str, form: str) -> None:
    text = HOSTILE[case]
    visits = sum(1 for _ in walk(read(FILES[form], text).root))
    assert visits <= 2 * NODES


@pytest.mark.parametrize("path", ["a.toml", "a.tf"])
def test_a_parser_that_takes_too_long_is_stopped(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_grammars, "_STEPS", 1)
    assert read(path, "a = 1\n" * 1000).reason == "takes too long"


def test_50_mb_are_not_parsed() -> None:
    assert read("a.json", '[{"a": 1}]' * 5_000_000).reason == f"more than {CHARACTERS:,} characters"


def test_every_format_is_tested() -> None:
    assert {form for form, _ in parsers()} == set(FILES) == set(SHAPES)
