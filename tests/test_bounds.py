"""What lies within a scanned repository, whatever links lead to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from keylint.policy.bounds import is_inside


@pytest.mark.parametrize(
    ("file", "inside"),
    [
        ("", True),
        ("pack/rule.yaml", True),
        ("not/there", True),
        ("link-in/rule.yaml", True),
        ("../beside", False),
        ("../repository-too/rule.yaml", False),
        ("link-out", False),
        ("link-out/rule.yaml", False),
    ],
)
def test_is_inside(tmp_path: Path, file: str, inside: bool) -> None:
    top = tmp_path / "repository"
    (top / "pack").mkdir(parents=True)
    (tmp_path / "repository-too").mkdir()
    (top / "link-in").symlink_to("pack")
    (top / "link-out").symlink_to("../repository-too")
    assert is_inside(str(top / file), str(top)) is inside


def test_what_the_caller_names_may_lie_anywhere(tmp_path: Path) -> None:
    assert is_inside(str(tmp_path), None)
