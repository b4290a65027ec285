"""The command that takes what was found out of a repository's past."""

from __future__ import annotations

from collections.abc import Sequence

# A command of more paths than this nobody copies.
_MOST_PATHS = 30
_MESSAGES = (".git/commit-message", ".git/tag-message/")


def rewriting(gone: Sequence[str], kept: Sequence[str], elsewhere: Sequence[str]) -> str:
    """Return what to do in a fresh clone. `gone` are files of no branch head, `kept` of one, `elsewhere` no files.

    A file that is gone goes whole; of one that is still there, or a message, each secret is replaced.
    """
    words = ["git filter-repo"]
    if gone:
        import shlex

        words += ["--invert-paths", *(shlex.quote(f"--path={path}") for path in gone[:_MOST_PATHS])]
    messages = any(path.startswith(_MESSAGES) for path in elsewhere)
    texts = bool(kept) or not all(path.startswith(_MESSAGES) for path in elsewhere)
    words += ["--replace-text ../secrets.txt"] * texts + ["--replace-message ../secrets.txt"] * messages
    told = f"In a fresh clone: {' '.join(words)}"
    if len(gone) > _MOST_PATHS:
        told += f" (and --path for {len(gone) - _MOST_PATHS} more paths)"
    return f"{told}; secrets.txt holds a secret a line." if texts or messages else f"{told}."
