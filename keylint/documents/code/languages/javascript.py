"""JavaScript, with JSX."""

from __future__ import annotations

from keylint.documents.code.languages import Language
from keylint.documents.code.languages._ecmascript import FUNCTIONS, GETTERS, INTERPRETERS, RECORDS, ROLES, WRAPPERS


def _grammar() -> object:
    import tree_sitter_javascript

    return tree_sitter_javascript.language()


LANGUAGE = Language(
    suffixes=(".js", ".mjs", ".cjs", ".jsx", ".es6"),
    interpreters=INTERPRETERS,
    names=("Jakefile",),
    grammar=_grammar,
    functions=FUNCTIONS,
    wrappers=WRAPPERS,
    getters=GETTERS,
    records=RECORDS,
    attributes=True,
    roles=ROLES,
)
