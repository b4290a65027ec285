"""Names and versions of packages, each in its ecosystem's own way."""

from __future__ import annotations

import re
from functools import lru_cache

ECOSYSTEMS = ("pypi", "npm", "go", "cargo", "maven", "nuget", "packagist", "rubygems")
STATUSES = ("official", "unofficial", "deprecated", "lookalike", "malicious")
UNKNOWN = "?"  # the version stands elsewhere

_MAJOR = re.compile(r"/v\d+$")
_WRITTEN = re.compile(r"\d{1,9}(?:\.\d{1,9}){0,2}")
_NUMBERS = re.compile(r"\d{1,9}")
_EXACT = {
    "npm": re.compile(r"[=v ]{0,3}\d+\.\d+\.\d+(?:[-+][\w.+-]+)?"),
    "cargo": re.compile(r"=\s*\d+\.\d+\.\d+(?:[-+][\w.+-]+)?"),
    "go": re.compile(r"v\d+\.\d+\.\d+(?:[-+][\w.+-]+)?"),
    # Not so much as a range: the build takes the version that is written.
    "maven": re.compile(r"\[?\d[\w.-]*\]?"),
    "nuget": re.compile(r"\[?\d[\w.+-]*\]?"),
    "packagist": re.compile(r"=?v?\d+\.\d+(?:\.\d+){1,2}(?:-[\w.]+)?"),
    "rubygems": re.compile(r"=?\s*\d+(?:\.\w+)+"),
}
_MOVING = ("snapshot", "latest", "release")


def normalised(ecosystem: str, name: str) -> str:
    """Return the name by which the registry knows a package."""
    if ecosystem == "pypi":
        return re.sub(r"[-_.]+", "-", name).lower()
    if ecosystem == "go":
        return _MAJOR.sub("", name).lower()
    if ecosystem == "cargo":
        return name.replace("_", "-").lower()
    return name.lower() if ecosystem != "rubygems" else name


def is_pinned(ecosystem: str, spec: str) -> bool | None:
    """Tell whether a version asked for is one version; None if that stands elsewhere."""
    if spec == UNKNOWN:
        return None
    if not spec:
        return False
    if ecosystem == "pypi":
        spec = spec.strip()
        return spec.startswith("==") and "*" not in spec and "," not in spec
    exact = _EXACT[ecosystem].fullmatch(spec.strip()) is not None
    return exact and not any(word in spec.lower() for word in _MOVING) and ".+" not in spec


def allows(ecosystem: str, spec: str, version: str) -> bool:
    """Tell whether a version may be what is asked for; yes if nobody can tell."""
    spec, version = spec.strip()[:200], version.strip().lstrip("=v")[:200]
    is_caret = spec[:1] == "^" or (spec[:1] == "~" and spec[:2] != "~=")
    try:
        if ecosystem == "pypi" and not is_caret:
            from packaging.specifiers import SpecifierSet
            from packaging.version import Version as PythonVersion

            return SpecifierSet(spec).contains(PythonVersion(version), prereleases=True)
        if ecosystem in ("pypi", "npm", "cargo"):
            from semantic_version import NpmSpec, Version  # type: ignore[import-untyped]  # it has no types

            begins = "^" if ecosystem == "cargo" and spec[:1].isdigit() else ""
            return bool(NpmSpec(begins + spec).match(Version.coerce(version)))
    except ValueError:
        return True
    return True


def is_below(ecosystem: str, version: str, floor: str) -> bool:
    """Tell whether a version, or every version that a range allows, is below another one; no if nobody can tell."""
    return _is_below(ecosystem, version.strip()[:200], floor.strip())


@lru_cache(4096)
def _is_below(ecosystem: str, version: str, floor: str) -> bool:
    if ecosystem == "pypi":
        return _is_below_in_python(version, floor)
    if ecosystem in ("npm", "cargo") and not version.lstrip("=v ")[:1].isdigit():
        return _is_range_below(version, floor)
    if ecosystem == "cargo":
        return _is_range_below(f"^{version}", floor) if version[:1].isdigit() else _is_range_below(version, floor)
    if any(mark in version for mark in "<>^~*|,") or (ecosystem == "rubygems" and "." not in version):
        return False
    if not version.lstrip("=v[ ")[:1].isdigit():
        return False
    return _ordered(version) < _ordered(floor)


def _is_below_in_python(version: str, floor: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        least = Version(floor)
        if version[:1].isdigit() or version[:1] == "v":
            return Version(version) < least
        if version[:1] in ("^", "~") and version[:2] != "~=":
            return _is_range_below(version, floor)
        allowed = SpecifierSet(version, prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return False
    if not version or allowed.contains(least):
        return False
    upper = [
        Version(one.version.removesuffix(".*")) for one in allowed if one.operator in ("<", "<=", "==", "===", "~=")
    ]
    # Every version from the floor on is excluded if something bounds what is allowed from above, and that is no higher.
    return bool(upper) and not any(allowed.contains(one) for one in upper if one >= least) and min(upper) <= least


def _is_range_below(spec: str, floor: str) -> bool:
    from semantic_version import NpmSpec, Version

    try:
        allowed = NpmSpec(spec)
        least = Version.coerce(floor)
    except ValueError:
        return False
    above = (least, least.next_patch(), least.next_minor(), least.next_major(), Version("999999.0.0"))
    # A range that begins above the floor allows nothing near it.
    begins = (Version.coerce(written) for written in _WRITTEN.findall(spec))
    return not any(allowed.match(version) for version in above) and not any(version > least for version in begins)


def _ordered(version: str) -> tuple[tuple[int, ...], bool]:
    """Return what versions of dotted numbers are ordered by; what is tagged comes before what is not."""
    main, _, tag = version.lstrip("=v[ ").rstrip("] ").partition("+")[0].partition("-")
    numbers = [int(number) for number in _NUMBERS.findall(main)]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers), not tag
