"""Pipelines: whose code runs beside an exchange secret, who gets it, and how far it reaches."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Run, write

from keylint.detectors.workflow import find
from keylint.documents.document import Document
from keylint.documents.tree import tree
from keylint.model import Fact, Skip
from keylint.recognition.pipelines import azure, circleci, github, gitlab, jenkins, system_of
from keylint.recognition.pipelines.names import claim
from keylint.recognition.pipelines.scripts import heads, is_harmless, only_prepares
from keylint.recognition.pipelines.uses import uses as uses_of
from keylint.recognition.pipelines.values import Job, Pipeline, Secret, Step
from keylint.whole.workflows import connected

FORK, WIDE, UNPINNED = "key-exposed-to-fork", "overshared-workflow-secret", "key-passed-to-unpinned-action"
KEY = "BINANCE_US_API_KEY: ${{ secrets.BINANCE_US_API_KEY }}"
PIN = "0123456789abcdef0123456789abcdef01234567"


def job(*steps: str, head: str = "", trigger: str = "pull_request_target") -> str:
    """A workflow of one job; every step is written in one line from line 5 on, what `head` adds comes before."""
    return "\n".join(
        [f"on: {trigger}", "jobs:", "  test:", "    runs-on: ubuntu-latest"]
        + [f"    {line}" for line in head.splitlines()]
        + ["    steps:"]
        + [f"      - {step}" for step in steps]
        + [""]
    )


def uses(action: str, **given: str) -> str:
    written = ", ".join(f'{name}: "{value}"' for name, value in given.items())
    return f"{{uses: {action}, with: {{{written}}}}}"


def checkout(ref: str = "", repository: str = "") -> str:
    given = {name: value for name, value in (("ref", ref), ("repository", repository)) if value}
    return uses("actions/checkout@v4", **given)


def run(script: str, key: bool = False, env: str = "") -> str:
    bound = ", ".join(filter(None, ['BINANCE_US_API_KEY: "${{ secrets.BINANCE_US_API_KEY }}"' if key else "", env]))
    return f"{{run: '{script}', env: {{{bound}}}}}"


SHA = "${{ github.event.pull_request.head.sha }}"
FORK_REPOSITORY = "${{ github.event.pull_request.head.repo.full_name }}"
SAFE = "github.event.pull_request.head.repo.full_name == github.repository"
TRADE = run("python trade.py", key=True)
TEST = run("pytest", key=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Silent.
        pytest.param(job(checkout(SHA), TEST, trigger="pull_request"), [], id="pull_request gives forks no secrets"),
        pytest.param(job(checkout(), TEST), [], id="the base is checked out"),
        pytest.param(job(uses("actions/labeler@v5"), TEST), [], id="nothing is checked out"),
        pytest.param(job(checkout(SHA), run("pytest")), [], id="no secret"),
        pytest.param(job(checkout(SHA), run("pytest", env='T: "${{ secrets.CODECOV_TOKEN }}"')), [], id="not ours"),
        pytest.param(job(checkout(SHA), TEST, head=f"if: {SAFE}"), [], id="branches of the repository itself"),
        pytest.param(
            job(checkout(SHA), TEST, head=f"if: github.event_name == 'push' || {SAFE}"), [], id="either is safe"
        ),
        pytest.param(
            job(checkout(SHA), TEST, head='if: "!github.event.pull_request.head.repo.fork"'), [], id="no fork"
        ),
        pytest.param(
            job(checkout("${{ github.event.workflow_run.head_sha }}"), TEST, trigger="workflow_run",
                head="if: github.event.workflow_run.event == 'push'"),
            [], id="after a push",
        ),
        pytest.param(
            job(checkout("${{ github.event.pull_request.merge_commit_sha }}"), TEST,
                head="if: github.event.pull_request.merged == true"),
            [], id="merged",
        ),
        pytest.param(
            job(checkout(SHA), TEST, trigger="[push, pull_request_target]",
                head="if: github.event_name != 'pull_request_target'"),
            [], id="another event",
        ),
        pytest.param(
            job(f"{{uses: actions/checkout@v4, if: {SAFE}, with: {{ref: '{SHA}'}}}}", TEST), [], id="the step is guarded"
        ),
        pytest.param(job(TEST, checkout(SHA), run("pytest")), [], id="the key was there before"),
        pytest.param(job(checkout(SHA), run("git diff --stat; cat README.md", key=True)), [], id="only looked at"),
        pytest.param(job(run("git fetch origin pull/7/head && git diff FETCH_HEAD"), TEST), [], id="only compared"),
        pytest.param(
            job(checkout("refs/pull/${{ inputs.pr }}/head"), TEST, trigger="workflow_dispatch"), [], id="by hand"
        ),
        pytest.param(
            job(uses("dawidd6/action-download-artifact@v6", name="pr", path="pr"), run("echo $(cat pr/number)"), TRADE,
                trigger="workflow_run"),
            [], id="an artifact is read as data",
        ),
        pytest.param(
            job(checkout(SHA), uses("actions/upload-artifact@v4", path="."), head=f"env:\n  {KEY}"), [], id="packed"
        ),
        # What public incidents looked like.
        pytest.param(job(checkout(SHA), TEST), [(FORK, 6)], id="head.sha and a test"),
        pytest.param(job(checkout(SHA), run("npm ci"), TEST), [(FORK, 6)], id="an install script first"),
        pytest.param(
            job(checkout("${{ github.event.pull_request.head.ref }}", FORK_REPOSITORY), TEST), [(FORK, 6)], id="head.ref"
        ),
        pytest.param(job(checkout(repository=FORK_REPOSITORY), TEST), [(FORK, 6)], id="the fork's default branch"),
        pytest.param(job(checkout("${{ github.head_ref }}"), TEST), [(FORK, 6)], id="head_ref"),
        pytest.param(
            job(checkout("refs/pull/${{ github.event.number }}/merge"), TEST), [(FORK, 6)], id="the merge of a number"
        ),
        pytest.param(
            job(checkout("${{ env.HEAD }}"), TEST, head=f"env:\n  HEAD: {SHA}"), [(FORK, 8)], id="through the environment"
        ),
        pytest.param(
            job(checkout(), run("git fetch origin $HEAD; git checkout $HEAD; make", env=f'HEAD: "{SHA}"'), TEST),
            [(FORK, 7)], id="by git",
        ),
        pytest.param(
            job(checkout(), run("git fetch origin pull/${{ github.event.number }}/head:pr && git checkout pr"), TEST),
            [(FORK, 7)], id="by the reference of a pull request",
        ),
        pytest.param(
            job(run("gh pr checkout ${{ github.event.issue.number }}"), TEST, trigger="issue_comment"),
            [(FORK, 6)], id="gh pr checkout",
        ),
        pytest.param(
            job(run("gh pr diff $PR | git apply && python trade.py", key=True)), [(FORK, 6)], id="the patch is applied"
        ),
        pytest.param(
            job(uses(f"xt0rted/pull-request-comment-branch@{PIN}"),
                checkout("${{ steps.comment-branch.outputs.head_sha }}"), TEST, trigger="issue_comment"),
            [(FORK, 7)], id="a step looked it up",
        ),
        pytest.param(
            job(checkout(SHA), TEST, head="if: contains(github.event.pull_request.labels.*.name, 'safe to test')"),
            [(FORK, 7)], id="a label",
        ),
        pytest.param(
            job(checkout("refs/pull/${{ github.event.issue.number }}/head"), TEST, trigger="issue_comment",
                head="if: github.event.comment.author_association == 'MEMBER'"),
            [(FORK, 7)], id="asked for by a member",
        ),
        pytest.param(
            job(checkout("${{ github.event.workflow_run.head_sha }}"), TEST, trigger="workflow_run",
                head="if: github.event.workflow_run.conclusion == 'success'"),
            [(FORK, 7)], id="after a run that succeeded",
        ),
        pytest.param(
            job(uses("actions/download-artifact@v4", name="dist", **{"run-id": "${{ github.event.workflow_run.id }}"}),
                run("pip install dist/*.whl"), TRADE, trigger="workflow_run"),
            [(FORK, 6)], id="an artifact is installed",
        ),
        pytest.param(
            job(checkout(SHA), uses("./.github/actions/build"), head=f"env:\n  {KEY}"),
            [(FORK, 8), (WIDE, 6)], id="a local action of the pull request",
        ),
        pytest.param(
            job(checkout(SHA), uses("docker/build-push-action@v6", secrets="k=${{ secrets.BINANCE_US_API_KEY }}")),
            [(FORK, 6), (UNPINNED, 7)], id="an image is built",
        ),
        pytest.param(
            job(uses("tj-actions/changed-files@v45"), TRADE, trigger="push"), [], id="changed-files without the key"
        ),
        pytest.param(
            job(uses("tj-actions/changed-files@v45"), run("pytest"), run("python trade.py"), trigger="push",
                head=f"env:\n  {KEY}"),
            [(UNPINNED, 8)], id="changed-files beside the key",
        ),
        pytest.param(
            job(run("bash <(curl -s https://codecov.io/bash)"), run("pip install ."), trigger="push",
                head=f"env:\n  {KEY}"),
            [(WIDE, 6)], id="the uploader beside the key",
        ),
        pytest.param(
            job(uses("someone/debug@v1", all="${{ toJSON(secrets) }}"), TRADE, trigger="push"),
            [(UNPINNED, 6), (WIDE, 6)], id="every secret to somebody",
        ),
    ],
)  # fmt: skip
def test_workflow(keylint: Run, tmp_path: Path, text: str, expected: list[tuple[str, int]]) -> None:
    write(tmp_path, {".github/workflows/ci.yml": text})
    report = keylint("scan", str(tmp_path), "--format", "json").report
    found = sorted((finding["rule"], finding["line"]) for finding in report["findings"])
    assert (found, report["scanned"]["skipped"]) == (sorted(expected), [])


def facts(path: str, text: str) -> list[Fact]:
    found = list(find(Document(path, text)))
    assert all(isinstance(one, Fact) for one in found)
    return [one for one in found if isinstance(one, Fact)]


def told(path: str, text: str) -> list[tuple[Any, ...]]:
    """Line, column, secrets, scope, whether wider, action with its pin, confidence."""
    return [
        (
            fact.location.line,
            fact.location.column,
            fact.attributes["secret"],
            fact.attributes["scope"],
            fact.attributes["wider_than_needed"],
            fact.attributes["action"],
            fact.attributes["action_pinned"],
            fact.attributes["confidence"],
        )
        for fact in facts(path, text)
    ]


@pytest.mark.parametrize(
    ("path", "system"),
    [
        ("bot.py", None),
        ("config.yml", None),
        ("workflows/ci.yml", None),
        ("docs/jenkinsfile.md", None),
        (".github/dependabot.yml", None),
        (".github/workflows/ci.yml", "github"),
        ("sub/.github/workflows/ci.yaml", "github"),
        (".forgejo/workflows/ci.yml", "github"),
        ("action.yml", "github"),
        (".gitlab-ci.yml", "gitlab"),
        ("ci/deploy.gitlab-ci.yml", "gitlab"),
        (".circleci/config.yml", "circleci"),
        ("azure-pipelines.yml", "azure"),
        ("azure-pipelines/build.yml", "azure"),
        ("Jenkinsfile", "jenkins"),
        ("ops/Jenkinsfile.deploy", "jenkins"),
    ],
)
def test_the_file_name_tells_the_system(path: str, system: str | None) -> None:
    assert system_of(path) == system


@pytest.mark.parametrize(
    ("secret", "variable", "expected"),
    [
        pytest.param("GITHUB_TOKEN", "TOKEN", None, id="token"),
        pytest.param("BINANCE_URL", "BINANCE_URL", None, id="no secret"),
        pytest.param("BINANCE_BOT_SSH_KEY", "key", None, id="a key to a server"),
        pytest.param("BINANCE_BOT_TELEGRAM_TOKEN", "", None, id="a bot's messenger"),
        pytest.param("BINANCE_DOCKERHUB_TOKEN", "password", None, id="a registry"),
        pytest.param("ALPHAVANTAGE_API_KEY", "", None, id="another service"),
        pytest.param("API_KEY", "OPENAI_API_KEY", None, id="bound to another service's name"),
        pytest.param("SECRET_KEY", "SECRET_KEY", None, id="a framework's"),
        pytest.param("BINANCE_US_API_KEY", "API_KEY", ("high", None), id="named"),
        pytest.param("BINANCE_SECRET", "", ("high", None), id="short"),
        pytest.param("API_KEY", "BINANCE_API_KEY", ("high", None), id="bound to a name"),
        pytest.param("KEY_FOR_BINANCE", "KEY", ("high", None), id="the other way round"),
        pytest.param("BINANCE_TESTNET_API_KEY", "KEY", ("low", None), id="no funds"),
        pytest.param("API_KEY", "API_KEY", ("low", "medium"), id="anybody's"),
        pytest.param("EXCHANGE_SECRET", "", ("low", "medium"), id="some exchange's"),
    ],
)
def test_names(secret: str, variable: str, expected: tuple[str, str | None] | None) -> None:
    held = claim(secret, variable, speaks_of_exchange=False)
    assert (None if held is None else (held.confidence, held.near)) == expected


@pytest.mark.parametrize(
    ("script", "prepares", "harmless"),
    [
        ("", True, True),
        ("# python trade.py", True, True),
        ("echo done >> $GITHUB_OUTPUT", True, True),
        ("X=$(git rev-parse HEAD)\necho $X | tee x.txt", True, True),
        ("cat > .env << EOF\nKEY=1\nEOF_MARK=2", True, True),
        ("pip install -r requirements.txt", True, False),
        ("npm ci && npm run build", True, False),
        ("sudo apt-get update\nsudo apt-get install -y gcc", True, False),
        ("CI=1 ruff check", True, False),
        ("pip install . && python trade.py", False, False),
        ('echo "$(python trade.py)"', False, False),
        ("if ./ready; then echo ok; fi", False, False),
        ("make \\\n  test", False, False),
    ],
)
def test_scripts(script: str, prepares: bool, harmless: bool) -> None:
    assert (only_prepares(script), is_harmless(script)) == (prepares, harmless)


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("git checkout main", []),
        ("git fetch origin pull/7/head", []),
        ("git diff $HEAD", []),
        ("gh pr view 7", []),
        ("git checkout $HEAD", ["git checkout $HEAD"]),
        (
            "git clone ${{ github.event.pull_request.head.repo.clone_url }} pr",
            ["git clone ${{ github.event.pull_request.head.repo.clone_url }} pr"],
        ),
        ("cd x; gh pr checkout 7 && make", ["gh pr checkout 7"]),
        ("git pull origin merge-requests/7/head", ["git pull origin merge-requests/7/head"]),
    ],
)
def test_heads(script: str, found: list[str]) -> None:
    assert [script[start:end] for start, end in heads(script, frozenset({"HEAD"}))] == found


CALL = "on: push\njobs:\n  a:\n    uses: ./.github/workflows/lint.yml\n    secrets: inherit\n"
BOUND = job(run("pip install ."), TRADE, trigger="push", head=f"env:\n  {KEY}\n  OTHER: 1")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param(".github/workflows/a.yml", "on: push\njobs: {}\n# secrets\n", [], id="no jobs"),
        pytest.param(".github/workflows/a.yml", "secrets\n", [], id="a text"),
        pytest.param(".github/workflows/a.yml", "on: [push]\njobs: [secrets, {binance: 1}]\n", [], id="a list of jobs"),
        pytest.param("Jenkinsfile", "binance {{{ }} } }", [], id="braces"),
        pytest.param("azure-pipelines.yml", "binance: 1\nsteps: [1, {script: [2]}]\n", [], id="no steps"),
        pytest.param(".circleci/config.yml", "jobs: {a: {steps: [checkout, {run: binance}, []]}}\n", [], id="no key"),
        pytest.param(
            ".gitlab-ci.yml",
            "variables: {BINANCE_API_KEY: dummy}\ntest:\n  script: [./test $BINANCE_API_KEY]\n",
            [],
            id="a value of the file's own",
        ),
        pytest.param(
            ".github/workflows/a.yml",
            BOUND.replace("python trade.py", "python a.py").replace(", key=True", ""),
            [
                (6, 31, "BINANCE_US_API_KEY", "job", True, None, None, "high"),
                (10, 61, "BINANCE_US_API_KEY", "step", False, None, None, "high"),
            ],
            id="at the secret's name",
        ),
        pytest.param(
            ".github/workflows/a.yml",
            job("{uses: x/y@v1, with: {key: '${{ env.K }}'}}", trigger="push",
                head="env:\n  K: ${{ secrets['BINANCE_KEY'] }}"),
            [
                (6, 14, "BINANCE_KEY", "job", False, None, None, "high"),
                (8, 41, "BINANCE_KEY", "step", False, None, None, "high"),
                (8, 16, "BINANCE_KEY", "step", None, "x/y", False, "high"),
            ],
            id="through the environment, by index",
        ),
        pytest.param(
            ".github/workflows/a.yml",
            "on: push\njobs:\n  a:\n    services:\n      bot: {image: bot, env: {K: '${{ secrets.BINANCE_KEY }}'}}\n"
            "    steps: [{run: make}]\n",
            [(5, 39, "BINANCE_KEY", "step", False, None, None, "high")],
            id="a service of the job",
        ),
        pytest.param(
            ".github/workflows/a.yml",
            f"on: push\njobs:\n  a:\n    uses: x/y/.github/workflows/b.yml@{PIN}\n    secrets: inherit # binance\n",
            [(5, 14, "every secret", "job", None, "x/y/.github/workflows/b.yml", True, "medium")],
            id="inherited",
        ),
        pytest.param(
            ".gitlab-ci.yml",
            "include:\n  - remote: https://e.org/a.yml\n    integrity: sha256-x\n  - project: us/ci\n    ref: v1\n"
            "  - component: $CI_SERVER_FQDN/components/sast/sast@1\n  - https://e.org/b.yml\n"
            'trade:\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "schedule"\n  script:\n'
            "    - trade --key $BINANCE_API_KEY\n",
            [
                (12, 19, "BINANCE_API_KEY", "step", False, None, None, "high"),
                (2, 13, "every secret", "workflow", None, "https://e.org/a.yml", True, "high"),
                (4, 14, "every secret", "workflow", None, "us/ci", False, "high"),
                (6, 16, "every secret", "workflow", None, "$CI_SERVER_FQDN/components/sast/sast", False, "high"),
                (7, 5, "every secret", "workflow", None, "https://e.org/b.yml", False, "high"),
            ],
            id="GitLab",
        ),
        pytest.param(
            ".circleci/config.yml",
            "orbs: {aws: circleci/aws@5, x: who/x@1.2}\njobs:\n  trade:\n    steps:\n      - checkout\n      - x/notify\n"
            "      - aws/setup: {key: BINANCE_API_KEY}\n      - run: trade $BINANCE_API_KEY\n"
            "workflows:\n  all:\n    jobs:\n      - trade: {context: [binance-keys]}\n",
            [
                (7, 26, "BINANCE_API_KEY", "job", None, None, None, "high"),
                (6, 9, "BINANCE_API_KEY", "job", None, "who/x", False, "high"),
                (12, 27, "binance-keys", "job", None, None, None, "high"),
            ],
            id="CircleCI",
        ),
        pytest.param(
            "Jenkinsfile",
            "pipeline {\n  environment { K = credentials('binance-key') } // { credentials\n  stages {\n"
            "    stage('Trade') {\n      steps {\n"
            "        withCredentials([string(credentialsId: 'binance-secret', variable: 'S')]) { sh './trade' }\n"
            "      }\n    }\n  }\n}\n",
            [
                (2, 34, "binance-key", "workflow", False, None, None, "high"),
                (6, 49, "binance-secret", "step", False, None, None, "high"),
            ],
            id="Jenkins",
        ),
        pytest.param(
            "azure-pipelines.yml",
            "trigger: [main]\nvariables:\n  - group: binance\n  - {name: KEY, value: $(BINANCE_API_KEY)}\njobs:\n"
            "  - job: trade\n    steps:\n      - script: pip install .\n      - script: ./trade\n"
            "        env: {SECRET: $(BINANCE_API_SECRET)}\n      - task: who.ext.Task@2\n"
            "        inputs: {binanceKey: $(BINANCE_API_KEY)}\n      - task: Bash@3\n",
            [
                (4, 24, "BINANCE_API_KEY", "workflow", False, None, None, "high"),
                (10, 23, "BINANCE_API_SECRET", "step", False, None, None, "high"),
                (12, 30, "BINANCE_API_KEY", "step", False, None, None, "high"),
                (11, 15, "BINANCE_API_KEY", "step", None, "who.ext.Task", False, "high"),
            ],
            id="Azure Pipelines",
        ),
    ],
)  # fmt: skip
def test_facts(path: str, text: str, expected: list[tuple[Any, ...]]) -> None:
    assert told(path, text) == expected


@pytest.mark.parametrize(
    ("reader", "path", "text", "expected"),
    [
        pytest.param(github, "a.yml", "on: push", ("push",), id="GitHub, one"),
        pytest.param(github, "a.yml", "on: [push, issue_comment]", ("push", "issue_comment"), id="GitHub, a list"),
        pytest.param(github, "a.yml", "on: {push: {branches: [a]}, 1: 2}", ("push", "1"), id="GitHub, a mapping"),
        pytest.param(github, "a.yml", "jobs: {}", (), id="GitHub, none"),
        pytest.param(gitlab, "a.yml", "a: {only: [merge_requests, tags]}", ("merge_requests", "tags"), id="GitLab"),
        pytest.param(circleci, "a.yml", "workflows: {a: {triggers: [{schedule: {}}]}}", ("schedule",), id="CircleCI"),
        pytest.param(azure, "a.yml", "trigger: none\npr: [main]", ("pr",), id="Azure Pipelines"),
    ],
)
def test_triggers(reader: Any, path: str, text: str, expected: tuple[str, ...]) -> None:
    document = Document(path, text)
    found = document.once(tree)
    assert found is not None
    assert reader.read(document, found.root).triggers == expected


def test_triggers_of_jenkins() -> None:
    assert jenkins.read(Document("Jenkinsfile", "triggers { cron('@daily') }")).triggers == ("cron",)


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        pytest.param((Job("a", steps=(Step("x", "pip install x"), Step("x", "npm ci"))),), None, id="nobody knows"),
        pytest.param((Job("a", steps=(Step("x", "trade"),)),), False, id="one step"),
        pytest.param((Job("a", steps=(Step("x", "trade"), Step("x", "npm ci"))),), True, id="one of two steps"),
        pytest.param((Job("a", steps=(Step("x", "trade"), Step("x", "pytest"))),), False, id="both steps"),
        pytest.param((Job("a", steps=(Step("$K"), Step("$K"), Step("$KEY", "echo"))),), False, id="two name it"),
        pytest.param((Job("a", steps=(Step("$K"),)), Job("b", steps=(Step("$K"),))), False, id="every job names it"),
        pytest.param((Job("a", steps=(Step("$K"),)), Job("b", steps=(Step("x"),))), True, id="one job names it"),
        pytest.param((Job("a", steps=(Step("$K"),), is_call=True),), None, id="another file's jobs"),
        pytest.param((Job("a"), Job("b")), None, id="no steps"),
    ],
)
def test_what_a_workflow_binds_is_wider_than_needed(jobs: tuple[Job, ...], expected: bool | None) -> None:
    secret = Secret("BINANCE_KEY", "K", 0, 1, "high", "")
    [first, *_] = uses_of(Pipeline(("push",), (secret,), jobs))
    assert first.is_wider == expected


def test_secrets_handed_on_without_an_exchange_stay_unsure() -> None:
    found = facts(".github/workflows/a.yml", CALL)
    assert [fact.attributes["confidence"] for fact in connected(found)] == ["low"]


def test_what_a_fact_tells() -> None:
    fact = facts(".github/workflows/a.yml", job(checkout(SHA), TEST))[-1]
    assert dict(fact.attributes) == {
        "trigger": ["pull_request_target"],
        "checks_out_fork": True,
        "secret": "BINANCE_US_API_KEY",
        "scope": "job",
        "inherits": False,
        "wider_than_needed": None,
        "action": None,
        "action_pinned": None,
        "third_party": None,
        "because": "`ref` of actions/checkout is what a stranger proposes, and what runs after that can read it",
        "confidence": "high",
    }
    assert fact.excerpt is not None
    assert SHA in fact.excerpt.text


def test_another_files_jobs_get_what_they_are_given(keylint: Run, tmp_path: Path) -> None:
    text = f"on: push\nenv:\n  {KEY}\njobs:\n  a:\n    uses: x/y/.github/workflows/b.yml@main\n"
    for given, expected in (("", set()), ("    secrets: inherit\n", {(UNPINNED, 6), (WIDE, 7)})):
        write(tmp_path, {".github/workflows/a.yml": text + given})
        places = keylint("scan", str(tmp_path), "--format", "json").places
        assert {(place[0], place[2]) for place in places} == expected


def test_key_and_secret_are_one_finding_with_two_places(keylint: Run, tmp_path: Path) -> None:
    both = f"env:\n  {KEY}\n  {KEY.replace('API_KEY', 'API_SECRET')}"
    write(tmp_path, {".github/workflows/a.yml": job(run("pip install ."), run("trade"), trigger="push", head=both)})
    result = keylint("scan", str(tmp_path), "--format", "json")
    assert len(result.report["findings"]) == 1
    assert {place[2] for place in result.places} == {6, 7}


def test_edits_above_leave_the_fingerprint(keylint: Run, tmp_path: Path) -> None:
    prints = set()
    for comment in ("", "# one more line\n"):
        write(tmp_path, {".github/workflows/a.yml": comment + job(checkout(SHA), TEST)})
        report = keylint("scan", str(tmp_path), "--format", "json").report
        prints |= {finding["fingerprint"] for finding in report["findings"]}
    assert len(prints) == 1


NAMELESS = job(run("pip install ."), run("trade"), trigger="push", head="env:\n  API_KEY: ${{ secrets.API_KEY }}")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"README.md": "A weather station."}, [], id="nobody names the exchange"),
        pytest.param(
            {"README.md": "A bot for Binance.US."}, [(WIDE, ".github/workflows/a.yml", 6)], id="the readme does"
        ),
    ],
)
def test_a_key_of_no_name_is_judged_by_the_repository(
    keylint: Run, tmp_path: Path, files: dict[str, str], expected: list[tuple[str, str, int]]
) -> None:
    write(tmp_path, {".github/workflows/a.yml": NAMELESS, **files})
    assert [place[:3] for place in sorted(keylint("scan", str(tmp_path), "--format", "json").places)] == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(".github/workflows/trade.yml", {"one/.github/workflows/call.yml"}, id="the same repository"),
        pytest.param("../two/.github/workflows/trade.yml", set(), id="another one"),
    ],
)
def test_inherited_secrets_count_where_one_is_of_the_exchange(
    keylint: Run, tmp_path: Path, path: str, expected: set[str]
) -> None:
    (tmp_path / "one" / "x").mkdir(parents=True)
    write(tmp_path / "one", {".github/workflows/call.yml": CALL, path: job(TRADE, trigger="workflow_call")})
    result = keylint("scan", str(tmp_path), "--format", "json")
    assert {place[1] for place in result.places} == expected
    for finding in result.report["findings"]:
        assert "BINANCE_US_API_KEY among them (.github/workflows/trade.yml uses it)" in finding["message"]


def test_what_stands_in_a_folder_of_tests_is_run_by_nobody(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, {"tests/data/.github/workflows/ci.yml": job(checkout(SHA), TEST)})
    assert keylint("scan", str(tmp_path), "--format", "json").report["findings"] == []


def test_a_broken_workflow_is_noted_and_the_others_are_judged(keylint: Run, tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".github/workflows/a.yml": "on: push\njobs:\n  binance: [\n    secrets: {\n",
            ".github/workflows/b.yml": job(checkout(SHA), TEST),
        },
    )
    report = keylint("scan", str(tmp_path), "--format", "json").report
    assert [finding["path"] for finding in report["findings"]] == [".github/workflows/b.yml"]
    [skipped] = report["scanned"]["skipped"]
    assert (skipped["path"], skipped["reason"]) == (".github/workflows/a.yml", "undecodable")
    assert "line 5" in skipped["detail"]


@pytest.mark.parametrize("path", [".github/workflows/a.yml", ".gitlab-ci.yml", "Jenkinsfile", "azure-pipelines.yml"])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# binance secrets\n" + "[" * 100_000, id="brackets"),
        pytest.param("binance secrets { environment { " + "stage('a') { " * 30_000, id="blocks"),
        pytest.param("secrets: " + "${{ secrets.BINANCE_API_KEY " * 40_000, id="expressions without an end"),
        pytest.param("binance: $(" + "git " * 1_000_000, id="one long line"),
        pytest.param(job(run("git fetch " * 50_000, key=True)), id="a long script"),
        pytest.param(job(*[TRADE] * 5_000, head=f"env:\n  {KEY}"), id="many steps"),
        pytest.param(job(checkout(SHA), run("x"), head="if: " + "github.actor==" * 20_000), id="a long condition"),
        pytest.param("secrets: '" + "\udcff" * 10 + "'", id="bytes that are no text"),
    ],
)
def test_hostile_input_takes_bounded_time(path: str, text: str) -> None:
    start = time.process_time()
    found = list(find(Document(path, text)))
    assert time.process_time() - start < 5
    assert all(isinstance(one, (Fact, Skip)) for one in found)
