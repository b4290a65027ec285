"""Modes that let others read a file of keys: commands, programs, images, manifests."""

from __future__ import annotations

import pytest
from conftest import cpu_seconds

from keylint.detectors.key_file import find
from keylint.documents.document import Document
from keylint.model import Fact
from keylint.recognition.key_files import is_key_file


def modes(path: str, text: str) -> list[tuple[object, object]]:
    """Path and mode of every file that is made readable."""
    found = [fact for fact in find(Document(path, text)) if isinstance(fact, Fact)]
    assert {fact.attributes["role"] for fact in found} <= {"key-file"}
    return [(fact.attributes["path"], fact.attributes["mode"]) for fact in found]


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        *[(path, False) for path in ("key.pub", "ca.pem", "cert.pem", "fullchain.pem", "public_key.pem", "api_key.py")],
        *[(path, False) for path in (".env.example", "README.md", "keyboard.json", "https://x/key.pem", "keys/", "*")],
        *[(path, True) for path in (".env", "deploy/.env.production", "~/.binance/signing.pem", "user.cfg", "bot.key")],
        *[(path, True) for path in ("api-keys.json", "binance_key", "private-key.txt", '"$HOME/.env"', "secrets.yaml")],
    ],
)
def test_is_key_file(path: str, is_one: bool) -> None:
    assert is_key_file(path) is is_one


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "a.sh",
            "chmod 600 .env; chmod 400 key.pem; chmod u=rw,go= .env; chmod go-r .env; chmod +x .env; chmod 711 .env",
        ),
        ("a.sh", "chmod 644 README.md; chmod 644 ca.crt; chmod -R 755 src; chmod --reference=a .env; chmod"),
        ("a.sh", "install -m 600 .env /etc/bot/.env; install -d /etc/bot; install -m"),
        ("a.py", "os.chmod('.env', 0o600); os.chmod('a.csv', 0o644); os.chmod(path, 0o644); os.chmod('.env', 644)"),
        ("a.py", "os.chmod(public_key_path, 0o644); os.chmod(key_path, mode); Path('.env').chmod(0o600)"),
        ("a.js", "fs.writeFileSync('.env', text, {mode: 0o600}); fs.writeFileSync('a.json', keys, {mode: 0o644})"),
        ("a.go", 'package a\nfunc f() { os.WriteFile("key.pem", d, 0600); os.WriteFile("a.txt", secret, 0644) }'),
        ("Dockerfile", "FROM a\nCOPY --chmod=600 .env /\nCOPY --chmod=644 a.json keys.md /\nRUN chmod 600 /.env\n"),
        (
            "a.yaml",
            "volumes:\n- secret: {secretName: binance-keys, defaultMode: 0440}\n- configMap: {defaultMode: 0644}\n",
        ),
        (
            "a.yaml",
            (
                "volumes:\n- secret: {secretName: binance-keys, defaultMode: true}\n"
                "- secret: {secretName: tls, defaultMode: 420}\n"
            ),
        ),
        (
            "a.yaml",
            "- copy: {dest: /etc/bot/.env, mode: '0600'}\n- copy: {dest: /etc/motd, mode: '0644', src: secret}\n",
        ),
        ("a.tf", 'resource "local_file" "k" {\n  filename = "key.pem"\n  file_permission = "0600"\n}\n'),
        ("a.md", "chmod 644 .env"),
    ],
)
def test_silent(path: str, text: str) -> None:
    assert modes(path, text) == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.sh", "chmod 644 .env", (".env", "644")),
        ("a.sh", "chmod -R a+r ~/keys.json", ("~/keys.json", "a+r")),
        ("a.sh", "sudo true; chmod u+w,g=r key.pem", ("key.pem", "u+w,g=r")),
        ("a.sh", "install -m644 key.pem /etc/bot/", ("key.pem", "644")),
        ("a.sh", "install --mode=0640 .env /etc/bot/.env", (".env", "0640")),
        ("a.py", "os.chmod('.env', 0o644)", (".env", "0o644")),
        ("a.py", "PATH = 'api-keys.json'\nos.chmod(PATH, 0o666)", ("api-keys.json", "0o666")),
        (
            "a.py",
            "os.chmod(self.key_file, stat.S_IRUSR | stat.S_IROTH)",
            ("self.key_file", "stat.S_IRUSR | stat.S_IROTH"),
        ),
        ("a.py", "Path('.env').chmod(0o644)", (".env", "0o644")),
        ("a.py", "secret_path.chmod(0o644)", ("secret_path", "0o644")),
        ("a.py", "os.chmod(os.path.join(home, '.env'), 0o644)", (".env", "0o644")),
        ("a.js", "fs.chmodSync('.env', '644')", (".env", "644")),
        ("a.ts", "await fs.writeFile('api-keys.json', text, { mode: 0o664 })", ("api-keys.json", "0o664")),
        ("a.go", 'package a\nfunc f() { os.WriteFile("key.pem", d, 0644) }', ("key.pem", "0644")),
        ("a.go", "package a\nfunc f() { os.Chmod(keyPath, os.FileMode(0644)) }", ("keyPath", "0644")),
        ("a.rb", "File.chmod(0644, '.env')", (".env", "0644")),
        ("a.php", "<?php chmod('.env', 0644);", (".env", "0644")),
        ("a.rs", 'fn f() { fs::set_permissions("key.pem", Permissions::from_mode(0o644)); }', ("key.pem", "0o644")),
        (
            "A.java",
            (
                "class A { void f() "
                '{ Files.setPosixFilePermissions(keyPath, PosixFilePermissions.fromString("rw-r--r--")); } }'
            ),
            ("keyPath", "rw-r--r--"),
        ),
        ("Dockerfile", "FROM a\nCOPY --chmod=644 .env /\n", (".env", "644")),
        ("Dockerfile", "FROM a\nRUN true && \\\n  chmod 644 /app/.env\n", ("/app/.env", "644")),
        ("a.yaml", "- secret: {secretName: binance-keys, defaultMode: 0644}\n", ("binance-keys", "0644")),
        ("a.yaml", "- secret: {secretName: binance-keys, defaultMode: 0o644}\n", ("binance-keys", "0644")),
        ("a.json", '{"secret": {"secretName": "binance-keys", "defaultMode": 420}}', ("binance-keys", "0644")),
        ("a.yaml", "- template:\n    dest: /etc/bot/.env\n    mode: u=rw,g=r\n", ("/etc/bot/.env", "u=rw,g=r")),
        (".github/workflows/a.yml", "steps:\n  - run: chmod 644 .env\n", (".env", "644")),
        (
            "a.tf",
            'resource "local_file" "k" {\n  filename = "key.pem"\n  file_permission = "0644"\n}\n',
            ("key.pem", "0644"),
        ),
    ],
)
def test_loud(path: str, text: str, expected: tuple[str, str]) -> None:
    assert modes(path, text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chmod 644 server.key", ("low", "medium")),
        ("chmod 644 binance.pem", ("high", None)),
        ("# api.binance.us\nchmod 644 server.key", ("high", None)),
    ],
)
def test_confidence_hangs_on_the_exchange(text: str, expected: tuple[str, str | None]) -> None:
    (fact,) = (fact for fact in find(Document("a.sh", text)) if isinstance(fact, Fact))
    assert (fact.attributes["confidence"], fact.attributes.get("confidence_near_exchange")) == expected


def test_hostile_files_take_no_longer_than_others() -> None:
    start = cpu_seconds()
    for text in (
        "chmod 644 .env " * 20_000,
        "chmod .env 0644 key " + "(" * 100_000,
        "chmod 0644 .env" + "x" * 5_000_000,
    ):
        for path in ("a.sh", "a.py", "a.yaml", "Dockerfile"):
            list(find(Document(path, text)))
    assert cpu_seconds() - start < 60
