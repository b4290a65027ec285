"""Manifests that are broken in every way: each is counted and located, or read by its lines; no scan stops for one."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, cpu_seconds, write

from keylint.detectors.dependency import DETECTOR
from keylint.documents.document import Document
from keylint.model import Fact
from keylint.recognition.manifests import reader_of

# One file of each name that is read, as it may begin, with a client's name in it.
WHOLE = {
    "requirements.txt": "ccxt==4.5.90\npython-binance\n",
    "pyproject.toml": '[project]\ndependencies = [\n  "ccxt>=4",\n]\n[tool.poetry.group.dev.dependencies]\nccxt = "^4"\n',
    "poetry/poetry.lock": '[[package]]\nname = "ccxt"\nversion = "4.5.90"\n\n[metadata]\nlock-version = "2.1"\n',
    "uv/uv.lock": 'version = 1\n\n[[package]]\nname = "ccxt"\nversion = "4.5.90"\n',
    "pdm/pdm.lock": '[metadata]\n\n[[package]]\nname = "ccxt"\nversion = "4.5.90"\n',
    "Pipfile": '[packages]\nccxt = "*"\n',
    "Pipfile.lock": '{"_meta": {}, "default": {\n"ccxt": {"version": "==4.5.90"}}, "develop": {}}\n',
    "setup.cfg": "[options]\ninstall_requires =\n    ccxt>=4\n",
    "setup.py": 'from setuptools import setup\n\nsetup(\n    install_requires=["ccxt>=4"],\n)\n',
    "environment.yml": "dependencies:\n  - ccxt=4.5.90\n  - pip:\n    - python-binance\n",
    "package.json": '{\n  "dependencies": {\n    "ccxt": "^4.5.0"\n  }\n}\n',
    "package-lock.json": '{"lockfileVersion": 3, "packages": {\n"node_modules/ccxt": {"version": "4.5.84"}\n}}\n',
    "yarn.lock": '# yarn lockfile v1\n\nccxt@^4.5.0:\n  version "4.5.84"\n',
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\npackages:\n  ccxt@4.5.84:\n    resolution: {}\n",
    "bun.lock": '{"lockfileVersion": 1, "packages": {\n"ccxt": ["ccxt@4.5.84", "", {}, "x"],\n}}\n',
    "go.mod": "module a.b/c\n\nrequire (\n\tgithub.com/adshao/go-binance/v2 v2.8.2\n)\n",
    "go.sum": "github.com/adshao/go-binance/v2 v2.8.2 h1:x=\n",
    "Cargo.toml": '[dependencies]\nbinance = "0.21"\n',
    "Cargo.lock": '[[package]]\nname = "binance"\nversion = "0.21.1"\nsource = "registry+https://x"\n',
    "pom.xml": "<project>\n<dependency><groupId>io.github.binance</groupId><artifactId>binance-spot</artifactId></dependency>\n</project>\n",
    "build.gradle": "dependencies {\n  implementation 'io.github.binance:binance-spot:9.1.0'\n}\n",
    "build.gradle.kts": 'dependencies {\n  implementation("io.github.binance:binance-spot:9.1.0")\n}\n',
    "libs.versions.toml": '[libraries]\nspot = { module = "io.github.binance:binance-spot", version = "9.1.0" }\n',
    "gradle.lockfile": "io.github.binance:binance-spot:9.1.0=x\n",
    "A.csproj": '<Project>\n<PackageReference Include="Binance.Net" Version="12.11.1" />\n</Project>\n',
    "packages.lock.json": '{"version": 1, "dependencies": {"net8.0": {\n"Binance.Net": {"type": "Direct", "resolved": "1.0.0"}}}}\n',
    "Directory.Packages.props": '<Project>\n<PackageVersion Include="Binance.Net" Version="12.11.1" />\n</Project>\n',
    "packages.config": '<packages>\n<package id="Binance.Net" version="9.0.0" />\n</packages>\n',
    "composer.json": '{"require": {\n"ccxt/ccxt": "^4"}}\n',
    "composer.lock": '{"packages": [{\n"name": "ccxt/ccxt",\n"version": "4.5.1"}]}\n',
    "Gemfile": "source 'https://rubygems.org'\ngem 'binance', '~> 1.2'\n",
    "Gemfile.lock": "GEM\n  specs:\n    binance (1.2.0)\n\nDEPENDENCIES\n  binance\n",
    "Dockerfile": "FROM python:3.12\nRUN pip install ccxt\n",
    ".github/workflows/a.yml": "on: push\njobs:\n  a:\n    steps:\n      - run: pip install ccxt\n",
    "a.ipynb": '{"cells": [{"cell_type": "code", "source": ["!pip install ccxt\\n"]}], "nbformat": 4}\n',
}
# What is parsed, and what is read by its text and still shows where it ends.
PARSED = {"pyproject.toml", "Pipfile", "Pipfile.lock", "package.json", "Cargo.toml", "pom.xml", "libs.versions.toml"}
PARSED |= {"A.csproj", "packages.lock.json", "Directory.Packages.props", "packages.config", "composer.json", "a.ipynb"}
IN_BRACES = {"package-lock.json", "bun.lock", "composer.lock"}
WITH_CONFLICTS = IN_BRACES | {"yarn.lock", "pnpm-lock.yaml", "poetry/poetry.lock", "uv/uv.lock", "pdm/pdm.lock"}
WITH_CONFLICTS |= {"Cargo.lock", "go.mod", "go.sum", "Gemfile", "Gemfile.lock"}


def conflicting(text: str) -> str:
    first, _, rest = text.partition("\n")
    return f"{first}\n<<<<<<< HEAD\n{rest}=======\n{rest}>>>>>>> main\n"


def cut(text: str) -> str:
    """A text that ends within its last name, value or tag."""
    end = max(text.rfind(mark) for mark in "\"'<")
    return text[:end] if end > 0 else text.rstrip()[:-1]


def malformed(path: str, text: str) -> list[int]:
    found = (fact for fact in DETECTOR.find(Document(path, text)) if isinstance(fact, Fact))
    return [fact.location.line for fact in found if fact.target == "malformed"]


@pytest.mark.parametrize("path", WHOLE)
def test_a_whole_file_is_not_malformed_and_names_a_client(path: str) -> None:
    assert reader_of(path) is not None
    assert malformed(path, WHOLE[path]) == []
    assert [fact for fact in DETECTOR.find(Document(path, WHOLE[path])) if isinstance(fact, Fact)]


@pytest.mark.parametrize("path", sorted(WITH_CONFLICTS | PARSED))
def test_a_conflict_is_located_and_both_sides_are_read(path: str) -> None:
    text = conflicting(WHOLE[path])
    (line,) = malformed(path, text)
    assert 1 <= line <= text.count("\n") + 1
    if path in WITH_CONFLICTS:
        assert line == 2


@pytest.mark.parametrize("path", sorted(IN_BRACES | PARSED))
def test_a_file_that_breaks_off_is_located(path: str) -> None:
    text = cut(WHOLE[path])
    (line,) = malformed(path, text)
    assert 1 <= line <= text.count("\n") + 1


BREAKAGES: dict[str, Callable[[str], bytes]] = {
    "cut": lambda text: cut(text).encode(),
    "conflict": lambda text: conflicting(text).encode(),
    "empty": lambda _: b"",
    "not UTF-8": lambda text: text.replace("ccxt", "ccxt \udce9\udcff").encode("utf-8", "surrogateescape"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "bytes": lambda text: text.encode() + bytes(range(256)) * 4,
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "carriage returns": lambda text: text.replace("\n", "\r").encode(),
    "deep": lambda text: (text + "[{" * 50_000).encode(),
    "turned round": lambda text: text[::-1].encode() + b"ccxt binance",
    "another language": lambda _: b"<html><body>404: ccxt and python-binance were not found</body></html>",
    "cyclic": lambda text: (
        b"a: &a [*a, *b]\nb: &b {<<: *b, c: *a}\nccxt: *a\n-r requirements.txt\n"
        b"<properties><p>${q}</p><q>${p}</q></properties>\n" + text.encode()
    ),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_no_scan_stops_for_a_broken_manifest(tmp_path: Path, keylint: Run, breakage: str) -> None:
    write(tmp_path, {path: BREAKAGES[breakage](text) for path, text in WHOLE.items()})
    write(tmp_path, {"sound/requirements.txt": "python-binance==1.0.12\n"})
    started = cpu_seconds()
    result = keylint("scan", str(tmp_path), "--format", "json", "--fail-on", "never")
    assert cpu_seconds() - started < 30
    assert result.code in (0, 4)
    assert ("outdated-client", "sound/requirements.txt", 1, 1) in result.places
    report = result.report["scanned"]
    assert report["files"] + len(report["skipped"]) >= len(WHOLE) + 1
    if breakage in ("cut", "conflict", "deep", "another language"):
        counted = re.search(r"(\d+) manifests could not be parsed and were read line by line \(\S+:\d+: ", result.err)
        assert counted is not None
        assert int(counted[1]) >= len(IN_BRACES)


@pytest.mark.parametrize("path", sorted(WHOLE))
def test_a_huge_file_takes_bounded_time(path: str) -> None:
    whole = WHOLE[path].replace('"!pip', '"!pip install \'ccxt>=4\'", "!pip')
    text = whole * (6_000_000 // len(whole))
    started = time.process_time()
    found = list(DETECTOR.find(Document(path, text)))
    assert time.process_time() - started < 20
    assert found
