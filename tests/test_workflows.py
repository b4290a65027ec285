"""Pipelines: whose code runs beside an exchange secret, who gets it, and how far it reaches."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Run, write

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
