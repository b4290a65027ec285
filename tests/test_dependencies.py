"""Clients of the exchange in manifests, lock files and commands: what is seen, where, and what is taken for what."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import Run, cpu_seconds, write
from hypothesis import given
from hypothesis import strategies as st

from keylint.data import load
from keylint.detectors.dependency import DETECTOR
from keylint.documents.document import Document
from keylint.model import Client, Fact
from keylint.pipeline import Lens, examine, is_wanted, lens
from keylint.policy.shapes import FLAG, TEXT, Field, choice, exactly, list_of, record, written
from keylint.policy.source_map import SourceMap
from keylint.recognition.client_packages import STEMS, folded_name, names_client, resemblance, shipped
from keylint.recognition.dependencies import dependencies
from keylint.recognition.manifests import is_manifest, read_manifest, reader_of
from keylint.recognition.packages import ECOSYSTEMS, STATUSES, allows, is_below, is_pinned, normalised
from keylint.whole.dependencies import clients_of, joined, malformed

Row = tuple[str, str, str, bool | None, bool]


def rows(path: str, text: str) -> list[Row]:
    """Ecosystem, name as it is written at its place, version asked for, pinned, locked."""
    document = Document(path, text)
    lines = text.splitlines()
    found = []
    for fact in DETECTOR.find(document):
        assert isinstance(fact, Fact)
        assert fact.target == "dependency"
        place = fact.location
        seen = lines[place.line - 1][place.column - 1 : place.end_column - 1]
        shown = fact.attributes
        pinned, locked = shown["pinned"], shown["locked"]
        assert pinned is None or isinstance(pinned, bool)
        found.append((str(shown["ecosystem"]), seen, str(shown["version"]), pinned, locked is True))
    return found


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("requirements.txt", "# python-binance==1.0.12\nrequests\n", id="a comment"),
        pytest.param("requirements.txt", "-r ccxt.txt\n--index-url https://example.com/ccxt\n", id="options"),
        pytest.param("requirements.txt", "ccxt is what we use here\n", id="prose"),
        pytest.param("requirements.txt", "./vendor/ccxt\n-e .\n", id="paths"),
        pytest.param(
            "pyproject.toml", '[project]\nname = "python-binance"\nkeywords = ["ccxt"]\n', id="a project's name"
        ),
        pytest.param("pyproject.toml", '[tool.poetry.dependencies]\nccxt = {path = "../ccxt"}\n', id="a folder"),
        pytest.param("package.json", '{"name": "ccxt", "keywords": ["ccxt"], "scripts": {"ccxt": "node ."}}', id="npm"),
        pytest.param("package.json", '{"dependencies": {"ccxt": "workspace:*", "binance": "file:../b"}}', id="local"),
        pytest.param(
            "package-lock.json",
            '{"name": "ccxt", "packages": {"": {"name": "ccxt", "dependencies": {"ccxt": "^4"}},\n'
            '"node_modules/ccxt": {"resolved": "packages/ccxt", "link": true}}}',
            id="a link into the workspace",
        ),
        pytest.param(
            "yarn.lock", '"ccxt@workspace:packages/ccxt":\n  version: 0.0.0-use.local\n', id="yarn's workspace"
        ),
        pytest.param("bun.lock", '{"packages": {"ccxt": ["ccxt@workspace:packages/ccxt"]}}', id="bun's workspace"),
        pytest.param(
            "pnpm-lock.yaml", "importers:\n  .:\n    dependencies:\n      ccxt:\n        specifier: ^4\n", id="pnpm"
        ),
        pytest.param(
            "go.mod", "module github.com/adshao/go-binance/v2\n// github.com/ccxt/ccxt v4.0.0\n", id="a module"
        ),
        pytest.param(
            "go.mod",
            "replace github.com/adshao/go-binance/v2 => ../v2\nrequire github.com/adshao/go-binance/v2 v2.0.0\n",
            id="a module replaced by a folder",
        ),
        pytest.param("go.sum", "github.com/adshao/go-binance/v2 v2.8.2/go.mod h1:abc=\n", id="a sum of a go.mod alone"),
        pytest.param("Cargo.toml", '[dependencies]\nbinance = {path = "../binance"}\n', id="a crate of the workspace"),
        pytest.param("Cargo.lock", '[[package]]\nname = "binance"\nversion = "0.1.0"\n', id="a crate of one's own"),
        pytest.param(
            "uv.lock",
            '[[package]]\nname = "ccxt"\nversion = "4.1.0"\nsource = { editable = "." }\n'
            'dependencies = [\n    { name = "ccxt" },\n]\n',
            id="uv's project",
        ),
        pytest.param("Bot.csproj", '<Project><ProjectReference Include="../Binance.Net" /></Project>', id="a project"),
        pytest.param(
            "Gemfile", "gem 'binance', path: '../binance'\n# gem 'binance-connector-ruby'\n", id="a gem's path"
        ),
        pytest.param("Gemfile.lock", "PATH\n  remote: .\n  specs:\n    binance (1.0.0)\n", id="a gem of one's own"),
        pytest.param(
            "Dockerfile", "# RUN pip install ccxt\nRUN pip install -r ccxt.txt\nRUN echo ccxt\n", id="no install"
        ),
        pytest.param("run.sh", 'echo "pip install ccxt"\npip install --upgrade pip\ngit clone ccxt\n', id="no command"),
        pytest.param(
            "a.ipynb", '{"cells": [{"cell_type": "markdown", "source": ["!pip install ccxt"]}]}', id="markdown"
        ),
        pytest.param("a.ipynb", '{"cells": [{"outputs": ["ccxt==4.5.90 binance', id="cut off, and installs nothing"),
        pytest.param("README.md", "pip install python-binance\n", id="documentation"),
        pytest.param("bot.py", "import ccxt\nDEPENDENCIES = ['ccxt==1.0']\n", id="code"),
        pytest.param("requirements.txt", "yfinance\npyfinance==1\nfinance==2\nbalance\n", id="finance"),
        pytest.param(
            "package.json", '{"dependencies": {"binance-icons": "1.0.0", "@trust/binance-icons": "2"}}', id="inside"
        ),
        pytest.param("requirements.txt", "binance-ohlcv\nccxt-download==0.4\n", id="no client"),
    ],
)
def test_silence(path: str, text: str) -> None:
    assert rows(path, text) == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param(
            "requirements.txt",
            "-r base.txt\nrequests==2.32.3\nPython_Binance==1.0.37 ; python_version > '3.9'  # pinned\n"
            "ccxt[async]>=4.0,<5\nbinance @ git+https://example.com/x@0123456789012345678901234567890123456789\n",
            [
                ("pypi", "Python_Binance", "==1.0.37", True, False),
                ("pypi", "ccxt", ">=4.0,<5", False, False),
                ("pypi", "binance", "", True, False),
            ],
            id="requirements",
        ),
        pytest.param(
            "requirements/base.in", "ccxt\nbinance @ https://example.com/b.zip\n-e git+https://x.org/b#egg=binance\n",
            [("pypi", "ccxt", "", False, False), ("pypi", "binance", "", False, False), ("pypi", "binance", "", False, False)],
            id="requirements folder",
        ),
        pytest.param(
            "requirements.txt",
            "ccxt==4.5.90 \\\n    --hash=sha256:abc \\\n    --hash=sha256:def\n    # via -r requirements.in\n",
            [("pypi", "ccxt", "==4.5.90", True, False)],
            id="hashes over lines",
        ),
        pytest.param("requirements.txt", "ccxt == 4.5.*\r\nccxt==4.5.1\r\n",
            [("pypi", "ccxt", "==4.5.*", False, False), ("pypi", "ccxt", "==4.5.1", True, False)], id="a wildcard, CRLF"),
        pytest.param("constraints.txt", "ccxt==4.5.90\n", [("pypi", "ccxt", "==4.5.90", True, True)], id="constraints"),
        pytest.param("requirements.lock", "ccxt==4.5.90\n", [("pypi", "ccxt", "==4.5.90", True, True)], id="rye"),
        pytest.param(
            "pyproject.toml",
            '[build-system]\nrequires = ["hatchling"]\n[project]\ndependencies = [\n  "python-binance>=1.0.36",\n]\n'
            '[project.optional-dependencies]\nlive = ["ccxt[qa]==4.5.90"]\n[dependency-groups]\n'
            'dev = ["binance-sdk-spot", {include-group = "lint"}]\n[tool.uv]\nconstraint-dependencies = ["ccxt<5"]\n'
            '[tool.pdm.dev-dependencies]\ntest = ["ccxt~=4.5"]\n[tool.hatch.envs.default]\ndependencies = ["ccxt"]\n',
            [
                ("pypi", "python-binance", ">=1.0.36", False, False),
                ("pypi", "ccxt", "==4.5.90", True, False),
                ("pypi", "binance-sdk-spot", "", False, False),
                ("pypi", "ccxt", "<5", False, False),
                ("pypi", "ccxt", "~=4.5", False, False),
                ("pypi", "ccxt", "", False, False),
            ],
            id="pyproject",
        ),
        pytest.param(
            "pyproject.toml",
            '[tool.poetry.dependencies]\nccxt = "^4.5"\npython-binance = "1.0.37"\n'
            'binance = {version = "*", optional = true}\n[tool.poetry.group.dev.dependencies]\n'
            'binance-sdk-spot = {git = "https://example.com/x", rev = "abc"}\n',
            [
                ("pypi", "ccxt", "^4.5", False, False),
                ("pypi", "python-binance", "==1.0.37", True, False),
                ("pypi", "binance", "", False, False),
                ("pypi", "binance-sdk-spot", "", True, False),
            ],
            id="Poetry",
        ),
        pytest.param(
            "Pipfile", '[packages]\nccxt = "*"\npython-binance = "==1.0.37"\n[requires]\npython_version = "3.12"\n',
            [("pypi", "ccxt", "", False, False), ("pypi", "python-binance", "==1.0.37", True, False)], id="Pipfile",
        ),
        pytest.param(
            "Pipfile.lock", '{"_meta": {}, "default": {"ccxt": {"hashes": [], "version": "==4.5.90"}}, "develop": {}}',
            [("pypi", "ccxt", "==4.5.90", True, True)], id="Pipfile.lock",
        ),
        pytest.param(
            "setup.cfg",
            "[metadata]\nname = ccxt\n[options]\ninstall_requires =\n    ccxt>=4\n    python-binance==1.0.37\n"
            "python_requires = >=3.9\n[options.extras_require]\nlive = binance-sdk-spot\n",
            [
                ("pypi", "ccxt", ">=4", False, False),
                ("pypi", "python-binance", "==1.0.37", True, False),
                ("pypi", "binance-sdk-spot", "", False, False),
            ],
            id="setup.cfg",
        ),
        pytest.param(
            "setup.py",
            "from setuptools import setup\nREQUIRES = ['ccxt>=4']\nsetup(\n    name='binance',\n"
            "    install_requires=['python-binance==1.0.37'],\n    extras_require={'live': ['binance-sdk-spot']},\n)\n",
            [
                ("pypi", "ccxt", ">=4", False, False),
                ("pypi", "python-binance", "==1.0.37", True, False),
                ("pypi", "binance-sdk-spot", "", False, False),
            ],
            id="setup.py",
        ),
        pytest.param(
            "poetry.lock", '[[package]]\nname = "ccxt"\nversion = "4.5.90"\ndescription = "x"\n\n[metadata]\n',
            [("pypi", "ccxt", "4.5.90", True, True)], id="poetry.lock",
        ),
        pytest.param(
            "pdm.lock", '[[package]]\nname = "axios"\nversion = "1"\n\n[[package]]\nname = "ccxt"\nversion = "4.5.90"\n',
            [("pypi", "ccxt", "4.5.90", True, True)], id="pdm.lock",
        ),
        pytest.param(
            "uv.lock",
            '[[package]]\nname = "bot"\nversion = "0"\nsource = { virtual = "." }\n\n[[package]]\nname = "ccxt"\n'
            'version = "4.5.90"\nsource = { registry = "https://pypi.org/simple" }\n',
            [("pypi", "ccxt", "4.5.90", True, True)], id="uv.lock",
        ),
        pytest.param(
            "pylock.toml", 'lock-version = "1.0"\n\n[[packages]]\nname = "ccxt"\nversion = "4.5.90"\n',
            [("pypi", "ccxt", "4.5.90", True, True)], id="pylock",
        ),
        pytest.param(
            "environment.yml",
            "dependencies:\n  - python=3.12\n  - ccxt=4.5.90\n  - conda-forge::python-binance=1.0\n  - pip:\n    - binance-sdk-spot\n",
            [
                ("pypi", "ccxt", "==4.5.90", True, False),
                ("pypi", "python-binance", "=1.0", False, False),
                ("pypi", "binance-sdk-spot", "", False, False),
            ],
            id="conda",
        ),
        pytest.param(
            "package.json",
            '{\n "dependencies": {"ccxt": "^4.5.0", "@binance/spot": "32.0.4"},\n "devDependencies": {"binance": "*"},\n'
            ' "optionalDependencies": {"x": "npm:node-binance-api@1.0.33"},\n "peerDependencies": {"ccxt": ">=4"},\n'
            ' "overrides": {"binance": {"ccxt": "4"}, "binance-api-node": "ViewBlock/binance-api-node"}\n}',
            [
                ("npm", "ccxt", "^4.5.0", False, False),
                ("npm", "@binance/spot", "32.0.4", True, False),
                ("npm", "binance", "*", False, False),
                ("npm", "node-binance-api", "1.0.33", True, False),
                ("npm", "ccxt", "", None, False),
                ("npm", "binance-api-node", "", False, False),
            ],
            id="package.json",
        ),
        pytest.param(
            "package-lock.json",
            '{"lockfileVersion": 3, "packages": {\n"node_modules/@binance/spot": {\n"version": "32.0.4"},\n'
            '"node_modules/a/node_modules/ccxt": {"version": "4.5.84", "integrity": "sha512-x"},\n'
            '"node_modules/x": {"name": "binance", "version": "3.6.5"}}}',
            [
                ("npm", "@binance/spot", "32.0.4", True, True),
                ("npm", "ccxt", "4.5.84", True, True),
                ("npm", "binance", "3.6.5", True, True),
            ],
            id="package-lock 3",
        ),
        pytest.param(
            "npm-shrinkwrap.json",
            '{"lockfileVersion": 1, "dependencies": {"ccxt": {"version": "4.5.84", "requires": {"binance": "^3"}},\n'
            '"x": {"version": "npm:binance@3.6.5"}}}',
            [("npm", "ccxt", "4.5.84", True, True), ("npm", "binance", "3.6.5", True, True)],
            id="package-lock 1",
        ),
        pytest.param(
            "yarn.lock",
            '# yarn lockfile v1\n\n"@binance/spot@^32.0.0":\n  version "32.0.4"\n\nccxt@^4.2.90, ccxt@^4.3:\n  version "4.2.90"\n'
            '\n"x@npm:binance@^3":\n  version "3.6.5"\n',
            [
                ("npm", "@binance/spot", "32.0.4", True, True),
                ("npm", "ccxt", "4.2.90", True, True),
                ("npm", "binance", "3.6.5", True, True),
            ],
            id="yarn 1",
        ),
        pytest.param(
            "yarn.lock", '__metadata:\n  version: 8\n\n"ccxt@npm:^4.2.90":\n  version: 4.2.90\n',
            [("npm", "ccxt", "4.2.90", True, True)], id="yarn berry",
        ),
        pytest.param(
            "pnpm-lock.yaml",
            "lockfileVersion: '9.0'\npackages:\n\n  '@binance/spot@32.0.4':\n    resolution: {}\n\n  ccxt@4.5.84:\n"
            "    dependencies:\n      binance: 3.6.5\nsnapshots:\n  ccxt@4.5.84: {}\n",
            [("npm", "@binance/spot", "32.0.4", True, True), ("npm", "ccxt", "4.5.84", True, True)],
            id="pnpm 9",
        ),
        pytest.param(
            "pnpm-lock.yaml", "packages:\n  /ccxt/4.2.1:\n    dev: false\n  /@binance/spot@32.0.4(x@1):\n    dev: false\n",
            [("npm", "ccxt", "4.2.1", True, True), ("npm", "@binance/spot", "32.0.4", True, True)], id="pnpm 5 and 6",
        ),
        pytest.param(
            "bun.lock", '{\n "packages": {\n  "ccxt": ["ccxt@4.5.84", "", {}, "sha512-x"],\n },\n}',
            [("npm", "ccxt", "4.5.84", True, True)], id="bun",
        ),
        pytest.param(
            "go.mod",
            "module example.com/bot\n\nrequire (\n\tgithub.com/adshao/go-binance/v2 v2.8.2 // indirect\n\tgopkg.in/yaml.v3 v3.0.1\n)\n"
            "require github.com/ccxt/ccxt/go/v4 v4.5.0\n",
            [
                ("go", "github.com/adshao/go-binance/v2", "v2.8.2", True, False),
                ("go", "github.com/ccxt/ccxt/go/v4", "v4.5.0", True, False),
            ],
            id="go.mod",
        ),
        pytest.param(
            "go.mod", "require github.com/x/y v1.0.0\nreplace github.com/x/y => github.com/adshao/go-binance/v2 v2.8.2\n",
            [("go", "github.com/adshao/go-binance/v2", "v2.8.2", True, False)], id="go.mod replaces",
        ),
        pytest.param(
            "go.sum",
            "github.com/adshao/go-binance/v2 v2.4.0 h1:a=\ngithub.com/adshao/go-binance/v2 v2.10.0 h1:b=\n"
            "github.com/adshao/go-binance/v2 v2.10.0/go.mod h1:c=\n",
            [("go", "github.com/adshao/go-binance/v2", "v2.10.0", True, True)], id="go.sum",
        ),
        pytest.param(
            "Cargo.toml",
            '[dependencies]\nbinance = "0.21"\nx = { package = "binance-sdk", version = "=64.0.0" }\n'
            '[target."cfg(unix)".dependencies]\nbinance-rs-async = { git = "https://example.com/x", rev = "abc" }\n'
            '[workspace.dependencies]\nbinance = "1"\n',
            [
                ("cargo", "binance", "0.21", False, False),
                ("cargo", "binance-sdk", "=64.0.0", True, False),
                ("cargo", "binance-rs-async", "", True, False),
                ("cargo", "binance", "1", False, False),
            ],
            id="Cargo.toml",
        ),
        pytest.param(
            "Cargo.lock",
            '[[package]]\nname = "binance-sdk"\nversion = "64.0.0"\n'
            'source = "registry+https://github.com/rust-lang/crates.io-index"\n',
            [("cargo", "binance-sdk", "64.0.0", True, True)], id="Cargo.lock",
        ),
        pytest.param(
            "pom.xml",
            "<project><properties><b.version>3.4.1</b.version></properties><dependencies>\n<dependency>\n"
            "<groupId>io.github.binance</groupId>\n<artifactId>binance-connector-java</artifactId>\n"
            "<version>${b.version}</version></dependency>\n<dependency><groupId>org.knowm.xchange</groupId>\n"
            "<artifactId>xchange-binance</artifactId></dependency>\n<dependency><groupId>io.github.binance</groupId>\n"
            "<artifactId>binance-spot</artifactId><version>[1.0,2.0)</version></dependency></dependencies></project>",
            [
                ("maven", "binance-connector-java", "3.4.1", True, False),
                ("maven", "xchange-binance", "", None, False),
                ("maven", "binance-spot", "[1.0,2.0)", False, False),
            ],
            id="Maven",
        ),
        pytest.param(
            "build.gradle",
            "ext { binanceVersion = '9.1.0' }\nimplementation 'io.github.binance:binance-spot:9.1.0'\n"
            "implementation \"io.github.binance:binance-spot:${binanceVersion}\"\nimplementation 'io.github.binance:binance-spot:9.+'\n"
            "implementation group: 'io.github.binance', name: 'binance-wallet', version: '1.0.0'\n"
            "implementation 'io.github.binance:binance-spot'\n",
            [
                ("maven", "io.github.binance:binance-spot", "9.1.0", True, False),
                ("maven", "io.github.binance:binance-spot", "9.1.0", True, False),
                ("maven", "io.github.binance:binance-spot", "9.+", False, False),
                ("maven", "binance-wallet", "1.0.0", True, False),
                ("maven", "io.github.binance:binance-spot", "", None, False),
            ],
            id="Gradle",
        ),
        pytest.param(
            "build.gradle.kts", 'dependencies {\n  implementation("io.github.binance:binance-spot:9.1.0")\n}\n',
            [("maven", "io.github.binance:binance-spot", "9.1.0", True, False)], id="Gradle in Kotlin",
        ),
        pytest.param(
            "gradle/libs.versions.toml",
            '[versions]\nspot = "9.1.0"\n[libraries]\na = { module = "io.github.binance:binance-spot", version.ref = "spot" }\n'
            'b = { group = "io.github.binance", name = "binance-wallet", version = { strictly = "1.0.0" } }\n'
            'c = "io.github.binance:binance-algo:1.0.0"\n',
            [
                ("maven", "io.github.binance:binance-spot", "9.1.0", True, False),
                ("maven", "binance-wallet", "1.0.0", True, False),
                ("maven", "io.github.binance:binance-algo:1.0.0", "1.0.0", True, False),
            ],
            id="version catalogue",
        ),
        pytest.param(
            "gradle.lockfile", "io.github.binance:binance-spot:9.1.0=runtimeClasspath\nempty=\n",
            [("maven", "io.github.binance:binance-spot", "9.1.0", True, True)], id="gradle.lockfile",
        ),
        pytest.param(
            "Bot.csproj",
            '<Project><ItemGroup>\n<PackageReference Include="Binance.Net" Version="12.11.1" />\n'
            '<PackageReference Include="ccxt"><Version>4.*</Version></PackageReference>\n'
            '<PackageReference Include="Binance.Spot" />\n</ItemGroup></Project>',
            [
                ("nuget", "Binance.Net", "12.11.1", True, False),
                ("nuget", "ccxt", "4.*", False, False),
                ("nuget", "Binance.Spot", "", None, False),
            ],
            id="csproj",
        ),
        pytest.param(
            "Directory.Packages.props", '<Project><PackageVersion Include="Binance.Net" Version="[12.11.1]" /></Project>',
            [("nuget", "Binance.Net", "[12.11.1]", True, False)], id="central versions",
        ),
        pytest.param(
            "packages.config", '<packages><package id="Binance.Net" version="9.0.0" /></packages>',
            [("nuget", "Binance.Net", "9.0.0", True, False)], id="packages.config",
        ),
        pytest.param(
            "packages.lock.json",
            '{"version": 1, "dependencies": {"net8.0": {"Binance.Net": {"type": "Direct", "resolved": "12.11.1"},\n'
            '"ccxt": {"type": "Project"}}}}',
            [("nuget", "Binance.Net", "12.11.1", True, True)], id="packages.lock.json",
        ),
        pytest.param(
            "composer.json", '{"require": {"php": ">=8", "ccxt/ccxt": "^4"}, "require-dev": {"jaggedsoft/php-binance-api": "0.5.30"}}',
            [("packagist", "ccxt/ccxt", "^4", False, False), ("packagist", "jaggedsoft/php-binance-api", "0.5.30", True, False)],
            id="composer.json",
        ),
        pytest.param(
            "composer.lock", '{"packages": [{\n "name": "ccxt/ccxt",\n "version": "4.5.1",\n "source": {}}]}',
            [("packagist", "ccxt/ccxt", "4.5.1", True, True)], id="composer.lock",
        ),
        pytest.param(
            "Gemfile",
            "source 'https://rubygems.org'\ngem 'binance', '~> 1.2'\ngem \"binance-connector-ruby\", '1.7.1' # x\n"
            "gem 'binance_api', '>= 1', '< 2'\ngem 'binance_ruby'\n",
            [
                ("rubygems", "binance", "~> 1.2", False, False),
                ("rubygems", "binance-connector-ruby", "1.7.1", True, False),
                ("rubygems", "binance_api", ">= 1, < 2", False, False),
                ("rubygems", "binance_ruby", "", False, False),
            ],
            id="Gemfile",
        ),
        pytest.param(
            "bot.gemspec", "Gem::Specification.new do |s|\n  s.add_dependency 'binance', '= 1.2.0'\nend\n",
            [("rubygems", "binance", "= 1.2.0", True, False)], id="gemspec",
        ),
        pytest.param(
            "Gemfile.lock",
            "GEM\n  remote: https://rubygems.org/\n  specs:\n    binance (1.2.0)\n      faraday (~> 1.8)\n\nDEPENDENCIES\n  binance\n",
            [("rubygems", "binance", "1.2.0", True, True)], id="Gemfile.lock",
        ),
        pytest.param(
            "Dockerfile",
            "FROM python:3.12\nRUN apt-get update && pip3 install --no-cache-dir \\\n    'ccxt>=4' \\\n    python-binance==1.0.37 && npm i -g ccxt@4.5.84\n"
            "RUN python -m pip install --index-url https://ccxt.example/ccxt binance-sdk-spot; npm install @binance/spot@latest\n",
            [
                ("pypi", "ccxt", ">=4", False, False),
                ("pypi", "python-binance", "==1.0.37", True, False),
                ("npm", "ccxt", "4.5.84", True, False),
                ("pypi", "binance-sdk-spot", "", False, False),
                ("npm", "@binance/spot", "", False, False),
            ],
            id="Dockerfile",
        ),
        pytest.param(
            ".github/workflows/ci.yml", "jobs:\n  a:\n    steps:\n      - run: uv pip install ccxt\n      - run: |\n          yarn add binance\n",
            [("pypi", "ccxt", "", False, False), ("npm", "binance", "", False, False)], id="workflow",
        ),
        pytest.param(
            "setup.sh",
            "go get github.com/adshao/go-binance/v2@v2.8.2\ncargo install binance-sdk@64.0.0\ngem install binance\n"
            "composer require ccxt/ccxt:^4\npoetry add ccxt\npipenv install python-binance==1.0.37\nbun add ccxt\n",
            [
                ("go", "github.com/adshao/go-binance/v2", "v2.8.2", True, False),
                ("cargo", "binance-sdk", "64.0.0", True, False),
                ("rubygems", "binance", "", False, False),
                ("packagist", "ccxt/ccxt", "^4", False, False),
                ("pypi", "ccxt", "", False, False),
                ("pypi", "python-binance", "==1.0.37", True, False),
                ("npm", "ccxt", "", False, False),
            ],
            id="script",
        ),
        pytest.param(
            "a.ipynb",
            '{"cells": [{"cell_type": "code", "source": ["import os\\n", "!pip install \\"ccxt>=4\\"\\n"]},\n'
            ' {"cell_type": "code", "source": "%pip install python-binance==1.0.37"}], "nbformat": 4}',
            [("pypi", "ccxt", ">=4", False, False), ("pypi", "python-binance", "==1.0.37", True, False)],
            id="notebook",
        ),
        pytest.param(
            "a.ipynb", '{"cells": [{"cell_type": "code", "source": ["!pip\\tinstall ccxt\\n"]}]}\n',
            [("pypi", "ccxt", "", False, False)], id="a tab in a notebook",
        ),
    ],
)  # fmt: skip
def test_what_a_file_asks_for(path: str, text: str, expected: list[Row]) -> None:
    assert rows(path, text) == expected


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param(
            "package.json", '{\n "dependencies": {\n  "ccxt": "^4.5.0",\n  "binance" "3"\n }\n}\n',
            [("malformed", 4), ("dependency", 3)], id="a colon forgotten",
        ),
        pytest.param(
            "pyproject.toml", '[project]\ndependencies = [\n  "ccxt>=4",\n[tool\n', [("malformed", 2), ("dependency", 3)],
            id="a bracket forgotten",
        ),
        pytest.param("Pipfile", '[packages\nccxt = "==4.5.0"\n', [("malformed", 1), ("dependency", 2)], id="Pipfile"),
        pytest.param("pom.xml", "<project><dependency>\n<artifactId>binance-spot</artifactId>\n", [("malformed", 3)], id="XML"),
        pytest.param(
            "pom.xml", "<project>\n<groupId>io.github.binance</groupId>\n<artifactId>binance-spot</artifactId>\n<version>9.1.0</version>\n</projec",
            [("malformed", 5), ("dependency", 3)], id="Maven",
        ),
        pytest.param(
            "A.csproj", '<Project>\n<PackageReference Include="Binance.Net" Version="12.11.1">\n</Project>\n',
            [("malformed", 3), ("dependency", 2)], id="NuGet",
        ),
        pytest.param(
            "libs.versions.toml", '[libraries\na = { module = "io.github.binance:binance-spot" }\n',
            [("malformed", 1), ("dependency", 2)], id="a version catalogue",
        ),
        pytest.param(
            "yarn.lock", '# yarn lockfile v1\n\n<<<<<<< HEAD\nccxt@^4:\n  version "4.5.1"\n=======\n',
            [("malformed", 3), ("dependency", 4)], id="a conflict",
        ),
        pytest.param(
            "package-lock.json", '{"lockfileVersion": 3, "packages": {\n"node_modules/ccxt": {"version": "4.5.1"},\n"node_mod',
            [("malformed", 3), ("dependency", 2)], id="a lock broken off",
        ),
        pytest.param("poetry.lock", "<html>ccxt was not found</html>\n", [("malformed", 1)], id="another file"),
    ],
)  # fmt: skip
def test_a_malformed_manifest_is_noted_and_read_by_lines(path: str, text: str, expected: list[tuple[str, int]]) -> None:
    assert [
        (fact.target, fact.location.line) for fact in DETECTOR.find(Document(path, text)) if isinstance(fact, Fact)
    ] == expected


def test_malformed_manifests_are_a_notice_and_no_failure(tmp_path: Path, keylint: Run) -> None:
    broken = '{"dependencies": {"ccxt": "4.5.84" "x"'
    write(tmp_path, {f"{name}/package.json": broken for name in "abcde"})
    result = keylint("scan", str(tmp_path))
    assert result.code == 0
    assert "5 manifests could not be parsed and were read line by line (a/package.json:1: " in result.err
    assert "; and 2 more)" in result.err
    (tmp_path / "a" / "package.json").write_text("{}")
    for name in "bcd":
        (tmp_path / name / "package.json").unlink()
    assert (
        "1 manifest could not be parsed and was read line by line (e/package.json:1: "
        in keylint("scan", str(tmp_path)).err
    )


@pytest.mark.parametrize(
    ("ecosystem", "name"),
    [
        ("pypi", "finance"), ("pypi", "python-finance"), ("npm", "balance"), ("npm", "yfinance"), ("pypi", "pybinder"),
        ("pypi", "binance-ohlcv"), ("npm", "tronwallet-adapter-binance"), ("npm", "@binance-chain/bsc-connector"),
        ("npm", "@binance/w3w-core"), ("pypi", "nonebot-plugin-binance"), ("pypi", "ccx"), ("npm", "ccxt-download"),
        ("go", "github.com/somebody/go-binance"), ("maven", "com.acme:binance-client"), ("pypi", "b" * 5000 + "binance"),
    ],
)  # fmt: skip
def test_names_that_are_nobody_elses(ecosystem: str, name: str) -> None:
    assert resemblance(ecosystem, name) is None


@pytest.mark.parametrize(
    ("ecosystem", "name", "original"),
    [
        ("pypi", "pythonbinance", "python-binance"), ("pypi", "pyhton-binance", "python-binance"),
        ("pypi", "python-binanse", "python-binance"), ("pypi", "python-b1nance", "python-binance"),
        ("pypi", "binance_conector", "binance-connector"), ("pypi", "binance-sdk-sp0t", "binance-sdk-spot"),
        ("pypi", "sdk-binance-spot", "binance-sdk-spot"), ("pypi", "ccxtt", "ccxt"), ("pypi", "cctx", "ccxt"),
        ("pypi", "\N{CYRILLIC SMALL LETTER ES}cxt", "ccxt"), ("npm", "api-node-binance", "binance-api-node"),
        ("npm", "binance_api_node", "binance-api-node"), ("npm", "node-binance-apis", "node-binance-api"),
        ("npm", "@blnance/spot", "@binance/spot"), ("npm", "@binancee/wallet", "@binance/wallet"),
        ("npm", "@binance-official/sdk", "@binance/spot"), ("npm", "@binance-/spot", "@binance/spot"),
        ("pypi", "unicorxn-binance-rest-api", "unicorn-binance-rest-api"),
        ("pypi", "unicom-binance-rest-api", "unicorn-binance-rest-api"),
        ("npm", "binance-connector", "@binance/connector"), ("nuget", "BinanceNet", "Binance.Net"),
        ("go", "github.com/adshoa/go-binance/v2", "github.com/adshao/go-binance"), ("cargo", "binannce-sdk", "binance-sdk"),
        ("maven", "io.github.binnance:binance-spot", "io.github.binance:binance-spot"),
        ("packagist", "jaggedsoft/php-binnance-api", "jaggedsoft/php-binance-api"),
        ("rubygems", "binance-conector-ruby", "binance-connector-ruby"),
    ],
)  # fmt: skip
def test_names_made_to_be_mistaken(ecosystem: str, name: str, original: str) -> None:
    found = resemblance(ecosystem, name)
    assert found is not None
    assert (found.client.name, found.is_fork) == (original, False)
    assert names_client(name.encode("ascii", "replace").decode().lower())


def test_a_copy_in_ones_own_scope_is_told_on_request_only() -> None:
    (fact,) = dependencies(Document("package.json", '{"dependencies": {"@acme/ccxt": "4.5.1"}}'))
    assert (fact.attributes["status"], fact.attributes["confidence"]) == ("lookalike", "low")


TARGETS = sorted(
    (entry["ecosystem"], entry["name"])
    for entry in load("clients")["clients"]
    if entry.get("imitated")
    and len(folded_name(entry["name"])) > 7
    and "*" not in entry["name"]
    and entry["name"][0] != "@"
)


@given(st.sampled_from(TARGETS), st.integers(0, 60), st.sampled_from("qwzxj"))
def test_every_client_one_letter_off_is_a_lookalike_or_known(target: tuple[str, str], at: int, letter: str) -> None:
    ecosystem, name = target
    place = at % (len(name) + 1)
    changed = name[:place] + letter + name[place:]
    assert shipped().get(ecosystem, changed) is not None or resemblance(ecosystem, changed) is not None


def test_nothing_in_the_catalogue_is_an_imitation_by_chance() -> None:
    """Every entry is found by its own name, before any resemblance is asked for."""
    for entry in load("clients")["clients"]:
        found = shipped().get(entry["ecosystem"], entry["name"].replace("*", "x"))
        assert found is not None
        assert found.status == entry["status"]


CATALOGUE = record(
    {
        "clients": Field(
            list_of(
                record(
                    {
                        "ecosystem": Field(choice("ecosystem", ECOSYSTEMS), "where", required=True),
                        "name": Field(TEXT, "what", required=True),
                        "status": Field(choice("status", STATUSES), "what it is", required=True),
                        "imitated": Field(FLAG, "whether others imitate it"),
                        "floor": Field(TEXT, "the least version"),
                        "versions": Field(list_of(TEXT, least=1), "which"),
                        "replacement": Field(TEXT, "what instead"),
                        "reason": Field(TEXT, "why"),
                        "source": Field(written("an https:// address", r"https://\S+"), "from where", required=True),
                        "date": Field(written("a month or day", r"\d{4}(?:-\d{2}){0,2}"), "when", required=True),
                    }
                ),
                least=1,
            ),
            "the clients",
            required=True,
        )
    }
)


def test_the_catalogue_is_well_formed() -> None:
    values = load("clients")
    source = SourceMap("clients.yaml", values, {})
    assert CATALOGUE.check(source, (), values), source.problems
    entries = values["clients"]
    keys = [(entry["ecosystem"], normalised(entry["ecosystem"], entry["name"])) for entry in entries]
    assert sorted(keys) == sorted(set(keys))
    for entry in entries:
        # Who is told off is told why; what is out of date, below what.
        assert entry["status"] in ("official", "unofficial") or "reason" in entry
        assert "floor" not in entry or "reason" in entry
        # Else no file that names it is looked at.
        assert any(stem in entry["name"].lower() for stem in STEMS), entry["name"]
        assert entry["status"] != "lookalike" or "replacement" in entry
    assert {word.decode() for word in DETECTOR.words} == set(STEMS)
    assert exactly(*STATUSES).check(source, (), "official")


@pytest.mark.parametrize(
    ("ecosystem", "version", "floor", "expected"),
    [
        ("pypi", "==1.0.12", "1.0.20", True), ("pypi", "1.0.12", "1.0.20", True), ("pypi", "==1.0.20", "1.0.20", False),
        ("pypi", "==1.0.20rc1", "1.0.20", True), ("pypi", ">=1.0.12", "1.0.20", False), ("pypi", "<1.0", "1.0.20", True),
        ("pypi", "~=0.7.5", "1.0.20", True), ("pypi", "~=1.0", "1.0.20", False), ("pypi", "==1.0.*", "1.0.20", False),
        ("pypi", "==0.7.*", "1.0.20", True), ("pypi", ">=2", "1.0.20", False), ("pypi", "!=1.0.20", "1.0.20", False),
        ("pypi", ">1.0.20", "1.0.20", False), ("pypi", "<2,>1.0.30", "1.0.20", False), ("pypi", "^0.7", "1.0.20", True),
        ("pypi", "^1.0.12", "1.0.20", False), ("pypi", "", "1.0.20", False), ("pypi", "banana", "1.0.20", False),
        ("npm", "0.13.5", "1.0.0", True), ("npm", "^0.13.1", "1.0.0", True), ("npm", ">=0.13.1", "1.0.0", False),
        ("npm", "^1.2.3", "1.0.0", False), ("npm", "^7.0.0", "1.0.0", False), ("npm", "*", "1.0.0", False),
        ("npm", "~0.9 || ^1.1", "1.0.0", False), ("npm", "latest", "1.0.0", False), ("npm", "v0.1.0", "1.0.0", True),
        ("cargo", "0.21", "1.0.0", True), ("cargo", "1", "1.0.0", False), ("cargo", "=0.9.0", "1.0.0", True),
        ("go", "v2.4.0", "v2.10.0", True), ("go", "v2.10.0", "2.4.0", False), ("maven", "1.12.0", "3.0", True),
        ("maven", "[1.0,2.0)", "3.0", False), ("nuget", "[9.0]", "12.0.0", True), ("nuget", "12.0", "12.0.0", False),
        ("nuget", "12.0.0-beta1", "12.0.0", True), ("rubygems", "~> 1.2", "2.0", False), ("rubygems", "1.2.0", "2.0", True),
        ("packagist", "dev-master", "4.0", False), ("packagist", "v3.1.0", "4.0", True), ("pypi", "1" * 5000, "2", False),
    ],
)  # fmt: skip
def test_versions_below_a_floor(ecosystem: str, version: str, floor: str, expected: bool) -> None:
    assert is_below(ecosystem, version, floor) is expected


@pytest.mark.parametrize(
    ("ecosystem", "spec", "version", "expected"),
    [
        ("npm", "^4.5.0", "4.5.84", True), ("npm", "^4.5.0", "3.1.60", False), ("npm", "", "3.1.60", True),
        ("npm", "latest", "3.1.60", True), ("cargo", "0.21", "0.21.1", True), ("cargo", "0.21", "0.22.0", False),
        ("pypi", ">=4,<5", "==4.5.90", True), ("pypi", ">=4,<5", "3.0", False), ("pypi", "^1.0.19", "1.0.19", True),
        ("pypi", "^1.0.19", "2.0", False), ("pypi", "", "1.0rc1", True), ("pypi", "banana", "1", True),
        ("pypi", ">=1", "banana", True), ("maven", "[1,2)", "3", True),
    ],
)  # fmt: skip
def test_what_a_range_allows(ecosystem: str, spec: str, version: str, expected: bool) -> None:
    assert allows(ecosystem, spec, version) is expected


def test_a_version_that_nobody_asked_for_is_told_of_at_the_lock() -> None:
    nested = '{"packages": {"node_modules/ccxt": {"version": "4.5.0"},\n"node_modules/x/node_modules/ccxt": {"version": "3.1.0"}}}'
    facts = facts_of({"package-lock.json": nested, "package.json": PACKAGE.replace("3.0.0", "4.0.0")})
    assert shown(joined(facts, whole=True)) == [
        ("package-lock.json", "3.1.0", True, True),
        ("package.json", "4.5.0", True, False),
    ]


@pytest.mark.parametrize(
    ("ecosystem", "spec", "expected"),
    [
        ("pypi", "===1.0", True), ("pypi", "==1.0,!=2", False), ("npm", "=4.5.1", True), ("npm", "4.x", False),
        ("npm", "4.5", False), ("npm", "latest", False), ("maven", "1.0-SNAPSHOT", False), ("maven", "LATEST", False),
        ("maven", "1.+", False), ("nuget", "(1.0,2.0)", False), ("packagist", "^4", False), ("cargo", "1.2.3", False),
        ("rubygems", "~> 1", False), ("go", "latest", False), ("go", "v1.2.3", True), ("npm", "?", None), ("npm", "", False),
    ],
)  # fmt: skip
def test_what_is_one_version(ecosystem: str, spec: str, expected: bool | None) -> None:
    assert is_pinned(ecosystem, spec) is expected


@pytest.mark.parametrize(
    "path", ["a/package.json", "Dockerfile", "x/requirements-dev.txt", "A.csproj", "requirements/b.in"]
)
def test_manifests_are_looked_at_for_their_names(path: str) -> None:
    assert is_manifest(path)
    assert is_wanted(path)
    assert reader_of(path) is not None


@pytest.mark.parametrize("path", ["a.py", "x/notes.txt", "src/index.ts", "a.json", "requirements.md", "docs/a.html"])
def test_other_files_are_not(path: str) -> None:
    assert not is_manifest(path)
    assert reader_of(path) is None


@pytest.mark.parametrize("path", ["run.sh", ".github/workflows/a.yml", "Makefile", "Dockerfile.dev"])
def test_files_of_commands_are_looked_at_where_a_client_is_named(path: str) -> None:
    assert not is_manifest(path)
    assert examine(path, b"pip install requests\n", lens()) == ()
    assert [fact.target for fact in examine(path, b"pip install ccxt\n", lens()) if isinstance(fact, Fact)] == [
        "dependency"
    ]


HOSTILE = {
    "brackets": "[" * 100_000 + "ccxt",
    "braces": '{"ccxt":' * 100_000,
    "one line": "ccxt" + "=" * 1_000_000,
    "names": "ccxt==1.0\n" * 20_000,
    "blanks": "ccxt" + " " * 1_000_000 + "==1",
    "commands": "pip install ccxt " * 20_000,
    "options": "pip " + "--a " * 50_000 + "ccxt",
    "blocks": "require (\n" * 20_000 + "ccxt",
    "packages": '[[package]]\nname = "ccxt"\n' * 10_000,
    "quotes": '"ccxt": "' * 50_000,
    "specs": "ccxt" + ">=1!1," * 50_000,
    "bangs": "ccxt!" + "!1" * 200_000,
    "nul": "ccxt\0" * 10_000,
    "imitations": "".join(f"binance-connecto{at}\n" for at in range(5_000)),
    "lines": "packages:\n" + "  /ccxt@\n" * 50_000,
    "ends": "ccxt\\" * 50_000,
}
PATHS = [
    "requirements.txt",
    "pyproject.toml",
    "Pipfile",
    "Pipfile.lock",
    "setup.cfg",
    "setup.py",
    "poetry.lock",
    "Cargo.toml",
]
PATHS += ["package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "go.mod", "go.sum", "pom.xml"]
PATHS += ["build.gradle", "libs.versions.toml", "gradle.lockfile", "a.csproj", "packages.lock.json", "composer.json"]
PATHS += ["composer.lock", "Gemfile", "Gemfile.lock", "environment.yml", "Dockerfile", "a.ipynb", "a.sh"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_bounded_time(path: str, name: str) -> None:
    started = cpu_seconds()
    list(DETECTOR.find(Document(path, HOSTILE[name])))
    assert cpu_seconds() - started < 10


@given(st.sampled_from(PATHS), st.text(alphabet="ccxt binance\n\"'{}[]()<>=!@:,.-_/\\#*^~0123", max_size=300))
def test_no_text_raises_and_every_name_stands_where_it_is_said(path: str, text: str) -> None:
    document = Document(path, "ccxt " + text)
    read = document.once(read_manifest)
    for one in read.requirements:
        assert 0 <= one.start <= one.end <= len(document.text)
    list(DETECTOR.find(document))


def test_a_large_lock_file_is_read_whole() -> None:
    entry = '    "node_modules/pad-{0}": {{\n      "version": "1.0.{0}"\n    }},\n'
    text = '{"lockfileVersion": 3, "packages": {\n' + "".join(entry.format(at) for at in range(100_000))
    text += '    "node_modules/ccxt": {\n      "version": "4.5.84"\n    }\n}}\n'
    assert len(text) > 5_000_000
    started = cpu_seconds()
    assert rows("package-lock.json", text) == [("npm", "ccxt", "4.5.84", True, True)]
    assert cpu_seconds() - started < 10


def facts_of(files: dict[str, str]) -> list[Fact]:
    return [fact for path, text in files.items() for fact in dependencies(Document(path, text))]


def shown(facts: list[Fact]) -> list[tuple[Any, ...]]:
    return [
        (fact.location.path, fact.attributes["version"], fact.attributes["pinned"], fact.attributes["outdated"])
        for fact in facts
    ]


PACKAGE = '{"dependencies": {"ccxt": "^3.0.0"}}'
LOCK = '{"packages": {"node_modules/ccxt": {"version": "3.1.0"}}}'


def test_what_a_lock_fixes_is_told_at_the_manifest() -> None:
    facts = facts_of({"package-lock.json": LOCK, "package.json": PACKAGE, "yarn.lock": 'ccxt@^3:\n  version "3.1.0"\n'})
    assert shown(joined(facts, whole=True)) == [("package.json", "3.1.0", True, True)]
    assert [fact.location.path for fact in clients_of(facts)] == ["package.json"]


def test_a_lock_elsewhere_fixes_nothing() -> None:
    facts = facts_of({"a/package.json": PACKAGE, "ab/package-lock.json": LOCK})
    assert shown(joined(facts, whole=True)) == [
        ("a/package.json", "^3.0.0", False, True),
        ("ab/package-lock.json", "3.1.0", True, True),
    ]


def test_the_nearest_lock_counts() -> None:
    near = LOCK.replace("3.1.0", "4.5.0")
    facts = facts_of({"package-lock.json": LOCK, "a/b/package.json": PACKAGE, "a/package-lock.json": near})
    assert shown(joined(facts, whole=True)) == [
        ("package-lock.json", "3.1.0", True, True),
        ("a/b/package.json", "4.5.0", True, False),
    ]


def test_where_not_all_was_seen_nobody_can_tell() -> None:
    facts = facts_of({"package.json": PACKAGE})
    assert shown(joined(facts, whole=False)) == [("package.json", "^3.0.0", None, True)]
    assert shown(joined(facts, whole=True)) == [("package.json", "^3.0.0", False, True)]


def test_a_lock_fixes_nothing_that_a_command_installs() -> None:
    facts = facts_of(
        {"setup.sh": "pip install ccxt\n", "requirements.txt": "ccxt==4.5.90\n", "constraints.txt": "ccxt==4.5.90\n"}
    )
    assert shown(joined(facts, whole=True))[0] == ("setup.sh", "", False, False)


def test_clients_are_told_once_manifests_of_the_top_first() -> None:
    facts = facts_of(
        {
            "Dockerfile": "RUN pip install python-binance\n",
            "a/package.json": PACKAGE,
            "package-lock.json": LOCK,
            "tests/requirements.txt": "binance-connector\n",
            "web/requirements.txt": "ccxt\npython_binance\nPython-Binance\n",
        }
    )
    told = [(fact.location.path, fact.attributes["name"]) for fact in clients_of(facts)]
    assert told == [
        ("a/package.json", "ccxt"),
        ("web/requirements.txt", "ccxt"),
        ("web/requirements.txt", "python-binance"),
    ]
    assert malformed(facts) == []


def test_single_files_and_folders(tmp_path: Path, keylint: Run) -> None:
    write(tmp_path, {"requirements.txt": "ccxt>=4\n"})
    options = ("--format", "json", "--fail-on", "never", "--rule", "unpinned-client")
    assert keylint("scan", str(tmp_path / "requirements.txt"), *options).report["findings"] == []
    (finding,) = keylint("scan", str(tmp_path), *options).report["findings"]
    assert (finding["path"], finding["line"], finding["column"], finding["end_column"]) == ("requirements.txt", 1, 1, 5)


def test_a_policy_speaks_of_packages_of_its_own(tmp_path: Path, keylint: Run) -> None:
    write(
        tmp_path,
        {
            ".keylint.yaml": "clients:\n"
            "  - {ecosystem: npm, name: left-pad, status: malicious, reason: ours}\n"
            "  - {ecosystem: npm, name: '@bad/*', status: malicious}\n"
            "  - {ecosystem: npm, name: '@binance/connector', status: unofficial}\n"
            "  - {ecosystem: npm, name: ccxt, status: unofficial, floor: 4.5.80, reason: tested from there}\n",
            "package.json": '{"dependencies": {"left-pad": "1.0.0", "@bad/thing": "1", "@binance/connector": "3.6.1",\n'
            '"ccxt": "4.5.1", "right-pad": "1"}}',
        },
    )
    report = keylint("scan", str(tmp_path), "--format", "json", "--fail-on", "never").report
    found = {(finding["rule"], finding["facts"].get("name")) for finding in report["findings"]}
    assert found - {("missing-update-automation", None)} == {
        ("malicious-dependency", "left-pad"),
        ("malicious-dependency", "@bad/thing"),
        ("outdated-client", "ccxt"),
        ("unpinned-client", "@bad/thing"),
    } - {("unpinned-client", "@bad/thing")}
    policy = keylint("scan", str(tmp_path), "--show-policy").out
    assert "  - npm left-pad: malicious" in policy


def test_mistakes_in_a_policys_packages(tmp_path: Path, keylint: Run) -> None:
    write(
        tmp_path,
        {
            ".keylint.yaml": "clients:\n  - {ecosystem: pypii, name: x, status: malicious}\n"
            "  - {ecosystem: npm, status: malicous}\n  - {ecosystem: npm, name: a, status: malicious}\n"
            "  - {ecosystem: npm, name: a, status: official}\n",
        },
    )
    result = keylint("scan", str(tmp_path))
    assert result.code == 2
    assert [line.split(": ", 1)[0] for line in result.err.splitlines() if ".keylint.yaml:" in line]
    for text in ("did you mean 'pypi'?", "did you mean 'malicious'?", "'name' is missing", "is given twice"):
        assert text in result.err


def test_packages_of_a_policy_are_looked_for_by_workers_too() -> None:
    client = Client("pypi", "Our_Own.Client", "malicious")
    through = lens((), (client,))
    assert isinstance(through, Lens)
    (fact,) = examine("setup.sh", b"pip install our-own-client\n", through)
    assert isinstance(fact, Fact)
    assert (fact.attributes["name"], fact.attributes["status"]) == ("our-own-client", "malicious")


def test_the_index_and_git_are_scanned_alike(tmp_path: Path, keylint: Run) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write(tmp_path, {"requirements.txt": "python-binance==1.0.12\n"})
    report = keylint(
        "scan", str(tmp_path), "--format", "json", "--fail-on", "never", "--rule", "outdated-client"
    ).report
    assert [finding["message"] for finding in report["findings"]] == [
        "`python-binance` ==1.0.12 is below 1.0.20: "
        + next(entry["reason"] for entry in load("clients")["clients"] if entry["name"] == "python-binance")
    ]
