"""TypeScript with JSX: its angle brackets are tags, where TypeScript's are types."""

from __future__ import annotations

from keylint.documents.code.languages import Language
from keylint.documents.code.languages._ecmascript import FUNCTIONS, GETTERS, RECORDS, ROLES, WRAPPERS


def _grammar() -> object:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_tsx()


LANGUAGE = Language(
    suffixes=(".tsx",),
    grammar=_grammar,
    functions=FUNCTIONS,
    wrappers=WRAPPERS,
    getters=GETTERS,
    records=RECORDS,
    attributes=True,
    roles=ROLES,
)
