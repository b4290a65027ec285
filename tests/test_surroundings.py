"""What a run is a piece of. `KEY` marks the run, `BASE64` a line of wrapped base64."""

from __future__ import annotations

import pytest

from keylint.documents.document import Document
from keylint.policy.placeholders import expand
from keylint.recognition.surroundings import armours, in_armour, surroundings

KEY = expand("{{key:around}}")
BASE64 = expand("{{base64data:64:wrapped}}")
PLAIN = expand("{{key:first}}"), expand("{{key:second}}"), expand("{{key:third}}"), expand("{{key:fourth}}")


# Of base64, but for a sign; and a line of 76 without any.
PLUS, SLASH = f"{PLAIN[2][:20]}+{PLAIN[2][21:]}", f"{PLAIN[2][:20]}/{PLAIN[2][21:]}"
WIDE = PLAIN[3] + PLAIN[2][:12]


def around(text: str) -> str:
    expanded = text.replace("KEY!", KEY).replace("BASE64!", BASE64)
    expanded = expanded.replace("PLUS!", PLUS).replace("SLASH!", SLASH).replace("WIDE!", WIDE)
    for place, line in enumerate(PLAIN):
        expanded = expanded.replace(f"PLAIN{place}!", line)
    start = expanded.index(KEY)
    return surroundings(Document("file", expanded), start, start + len(KEY))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("KEY!", id="alone"),
        pytest.param("API_KEY=KEY!", id="an assignment before"),
        pytest.param("'KEY!'", id="quotes"),
        pytest.param("//KEY!", id="a comment"),
        pytest.param("-KEY!\n+x", id="a removed line of a diff"),
        pytest.param("a\n+KEY!", id="an added line of a diff"),
        pytest.param("_KEY!_ is mine", id="emphasis"),
        pytest.param("<a value=KEY!/>", id="the end of an XML element"),
        pytest.param("<!--KEY!-->", id="the end of an XML comment"),
        pytest.param("${KEY:-KEY!}".replace("${KEY", "${X"), id="a shell default"),
        pytest.param("apiKey=KEY!&x=1", id="a query"),
        pytest.param("PLAIN0!\nKEY!", id="two lines: a key and its secret"),
        pytest.param("PLAIN0!\nPLAIN1!\nKEY!\nPLAIN2!", id="four lines: two pairs"),
        pytest.param("PLAIN0!\nPLAIN1!\nPLAIN2!\nPLAIN3!\nKEY!", id="a list of keys is no base64"),
        pytest.param('"PLAIN0!",\n"KEY!",', id="two quoted lines"),
        pytest.param('if text.startswith("-----BEGIN "):\n    pass\nx = "KEY!"', id="below code that names an armour"),
        pytest.param("A key begins with -----BEGIN PRIVATE KEY----- as in\nKEY!", id="below prose that names one"),
        pytest.param('("-----BEGIN PUBLIC KEY-----", "KEY!")', id="an armour in another literal"),
        pytest.param("main-account\nKEY!\nPLAIN0!\nsecond-account-of-mine\nPLAIN1!", id="labels between pairs"),
        pytest.param("/home/me/projects/exchange/keys\nKEY!\nPLAIN0!", id="below a path"),
        pytest.param("Client(\n  'KEY!',\n  'PLAIN0!',\n  'api/v3/userDataStream/x')", id="beside a path"),
        pytest.param("//////////////////////\n// KEY!\n// PLAIN0!", id="below a rule"),
        pytest.param('api_key = "KEY!"\nprivate = "BASE64!"', id="beside base64 of another name"),
        pytest.param("https://KEY!:PLAIN0!@api.example.org", id="the user of a URL"),
        pytest.param("KEY!/PLAIN0!", id="a pair by slash"),
        pytest.param("PLAIN0!-KEY!", id="a pair by hyphen"),
        pytest.param("KEY!=>x", id="an arrow"),
        pytest.param("s/K=.*/K=KEY!/' .env", id="the end of a pattern"),
        pytest.param("-- KEY!\n--KEY!", id="an SQL comment"),
        pytest.param("//KEY!\n//PLAIN0!", id="two comments"),
        pytest.param("//PLAIN0!\n//KEY!\n", id="the second of two comments"),
        pytest.param("?apiKey%3DKEY!%26x", id="an encoded assignment"),
        pytest.param('"\\n-KEY!\\n"', id="a written diff"),
        pytest.param('{"x": "KEY!"}', id="a member named as in a JWK, but none"),
        pytest.param(" --KEY!", id="an option's dashes"),
        pytest.param("KEY!___ is mine", id="strong emphasis"),
        pytest.param("KEY!\nWIDE!", id="a longer line below"),
        pytest.param("KEY!\nAb3/Ef==", id="one short line of base64 below"),
        pytest.param("Ab3/Ef==\nKEY!\nPLAIN0!\nPLAIN1!", id="one short line of base64 above"),
    ],
)
def test_free(text: str) -> None:
    assert around(text) == "free"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a+KEY!", "glued", id="plus before"),
        pytest.param("KEY!+a", "glued", id="plus after"),
        pytest.param("path/KEY!", "glued", id="slash before"),
        pytest.param("https://example.org/KEY!", "glued", id="a path"),
        pytest.param("KEY!/a", "glued", id="slash after"),
        pytest.param("KEY!=", "glued", id="padding"),
        pytest.param("sk_KEY!", "glued", id="underscore before"),
        pytest.param("KEY!_x", "glued", id="underscore after"),
        pytest.param("id-KEY!", "glued", id="hyphen before"),
        pytest.param("KEY!-x", "glued", id="hyphen after"),
        pytest.param("KEY!%2Bx", "glued", id="encoded plus after"),
        pytest.param("x\\/KEY!", "glued", id="escaped slash before"),
        pytest.param("x\\u002bKEY!", "glued", id="unicode plus before"),
        pytest.param('integrity="sha384-KEY!"', "digest", id="integrity"),
        pytest.param("SHA256:KEY!", "digest", id="named digest"),
        pytest.param("url(data:image/png;base64,KEY!)", "data-uri", id="data URI"),
        pytest.param("host ssh-rsa KEY!", "ssh-key", id="SSH"),
        pytest.param("BASE64!\nKEY!\nBASE64!", "base64", id="wrapped base64"),
        pytest.param('"BASE64!" +\n"KEY!" +\n"BASE64!"', "base64", id="in quotes"),
        pytest.param("BASE64!\nKEY!\nAA==", "base64", id="a short last line"),
        pytest.param("-----BEGIN CERTIFICATE-----\nPLAIN0!\nKEY!\n-----END CERTIFICATE-----", "armour", id="PEM"),
        pytest.param("-----BEGIN X-----\\nPLAIN0!\\nKEY!\\n-----END X-----", "armour", id="PEM on one line"),
        pytest.param("-----BEGIN X-----\nVersion: 1\n\nKEY!\n-----END X-----", "armour", id="PGP"),
        pytest.param('["-----BEGIN X-----", "KEY!", "PLAIN0!", "-----END X-----"]', "armour", id="PEM in a list"),
        pytest.param("eyJhbGciOiJIUzI1NiJ9.KEY!.abc", "jwt", id="JSON web token"),
        pytest.param("+BASE64!\n+KEY!\n+BASE64!", "base64", id="a diff of wrapped base64"),
        pytest.param("x += 'BASE64!'\nx += 'KEY!'", "base64", id="appended line by line"),
        pytest.param('String x = "KEY!"\n  + "BASE64!";', "base64", id="the first line has the name"),
        pytest.param("- BASE64!\n- KEY!", "base64", id="a YAML list"),
        pytest.param('["BASE64!","KEY!"]', "base64", id="a list on one line"),
        pytest.param('"KEY!\\nBASE64!"', "base64", id="written line ends"),
        pytest.param('{"kty": "EC", "x": "KEY!"}', "jwk", id="JSON web key"),
        pytest.param("x//KEY!", "glued", id="two slashes after a word"),
        pytest.param("///KEY!", "glued", id="three slashes"),
        pytest.param("KEY!_x y", "glued", id="underscore and a word after"),
        pytest.param("KEY!_-x", "glued", id="underscore and hyphen after"),
        pytest.param(f"{'a' * 64}-KEY!", "glued", id="64 letters of one case before"),
        pytest.param("xPLAIN0!-KEY!", "glued", id="65 alphanumerics before"),
        pytest.param("+PLAIN0!-KEY!", "glued", id="base64 before"),
        pytest.param("KEY!/PLAIN0!x", "glued", id="65 alphanumerics after"),
        pytest.param("KEY!/PLAIN0!+", "glued", id="base64 after"),
        pytest.param("WIDE!\nKEY!", "base64", id="a longer line above"),
        pytest.param("+WIDE!\n+KEY!", "base64", id="a longer line above, in a diff"),
        pytest.param("//WIDE!\n// KEY!", "base64", id="a longer line above, in a comment"),
        pytest.param("KEY!\nPLAIN0!\nPLAIN1!\nAb3=", "base64", id="padding in the end"),
        pytest.param("word " * 60 + "\nKEY!\nPLAIN0!\nAb3=", "base64", id="padding in the end, far down"),
        pytest.param("-KEY!\n-PLAIN0!\n-Ab3=", "base64", id="padding in the end, in a diff"),
        pytest.param(f"PLAIN0!\nKEY!\n{PLAIN[1][:63]}=", "base64", id="padding of a whole line"),
        pytest.param("KEY!\nPLAIN0!\nPLUS!", "base64", id="a plus two lines below"),
        pytest.param("SLASH!\nPLAIN0!\nKEY!", "base64", id="a slash two lines above"),
        pytest.param('["PLUS!", "KEY!"]', "base64", id="a plus beside"),
        pytest.param('["KEY!", "SLASH!"]', "base64", id="a slash beside"),
    ],
)
def test_pieces(text: str, expected: str) -> None:
    assert around(text) == expected


@pytest.mark.parametrize(
    ("inside", "body"),
    [
        pytest.param("\n{}\n{}\n", "{}{}", id="lines"),
        pytest.param("\n{}\n{}\nAbC=\n", "{}{}AbC=", id="a short last line"),
        pytest.param("\\n{}\\n{}\\n", "{}{}", id="written line ends"),
        pytest.param('" +\n"{}" +\n"{}"', "{}{}", id="Java"),
        pytest.param("&#10;{}&#10;{}&#10;", "{}{}", id="XML"),
        pytest.param('" & vbCrLf & _\n"{}" & vbCrLf & _\n"{}', "{}{}", id="Visual Basic"),
        pytest.param("\nProc-Type: 4,ENCRYPTED\n\n{}\n{}\n", "{}{}", id="header"),
        pytest.param("/; const end = /{}/; function between(a, b) {{ return a.match(end) && b; }}", None, id="code"),
        pytest.param(" and so on, with {} in the middle of a sentence that goes on", None, id="prose"),
    ],
)
def test_armours(inside: str, body: str | None) -> None:
    text = f"-----BEGIN A KEY-----{inside}-----END A KEY-----".format(BASE64, BASE64)
    expected = [] if body is None else [body.format(BASE64, BASE64)]
    assert [block.body for block in armours(Document("file", text))] == expected


def test_an_armour_begins_and_ends() -> None:
    first, second = f"-----BEGIN A-----\n{BASE64}\n", f"-----BEGIN A-----\n{BASE64}\n{PLAIN[0][:40]}\n-----END A-----"
    found = Document("file", f"{first}{second}\n")
    (block,) = armours(found)
    assert (block.start, block.end, block.body) == (len(first), len(first + second), BASE64 + PLAIN[0][:40])
    offsets = (block.start - 1, block.start, block.end - 1, block.end)
    assert [in_armour(found, offset) for offset in offsets] == [False, True, True, False]


@pytest.mark.parametrize(("signs", "count"), [(30, 1), (31, 0)])
def test_seven_of_ten_characters_of_an_armour_are_base64(signs: int, count: int) -> None:
    text = f"-----BEGIN A-----\n{BASE64}{PLAIN[0][:6]}\n{'.' * signs}\n-----END A-----"
    assert len(armours(Document("file", text))) == count


def test_what_has_no_end_is_no_armour() -> None:
    assert armours(Document("file", f"-----BEGIN A-----\n{BASE64}\n-----END B-----")) == []
