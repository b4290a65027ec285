"""A page of docs/ whose figures a benchmark writes, between markers that name them."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Mapping
from pathlib import Path


def rewrite(page: Path, sections: Mapping[str, Iterable[str]]) -> None:
    """Put the lines of each section between its markers."""
    text = page.read_text(encoding="utf-8")
    for name, lines in sections.items():
        begin, end = f"<!-- begin: {name} -->\n", "<!-- end -->"
        before, found, rest = text.partition(begin)
        assert found, name
        text = "".join((before, begin, *(f"{line}\n" for line in lines), end, rest.partition(end)[2]))
    page.write_text(text, encoding="utf-8")


def machine() -> str:
    """Describe this machine in a line."""
    model = re.search(r"model name\s*: (.+)", _read("/proc/cpuinfo"))
    memory = re.search(r"MemTotal:\s*(\d+)", _read("/proc/meminfo"))
    parts = [
        f"{os.cpu_count()} processors ({model[1] if model else platform.machine()})",
        *([f"{int(memory[1]) / 1e6:.0f} GB of memory"] if memory else []),
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
    ]
    return ", ".join(parts)


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""
