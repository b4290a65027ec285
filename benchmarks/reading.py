"""Read each file that git lists, with one process a processor, and look at nothing: a scanner in Python takes more."""

from __future__ import annotations

import os
import subprocess

_SHARE = 128


def main() -> None:
    """Read what lies in the current folder."""
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=True).stdout.split(b"\0")[:-1]
    count = os.cpu_count() or 1
    children = []
    for child in range(count):
        pid = os.fork()
        if not pid:
            for start in range(child * _SHARE, len(listed), count * _SHARE):
                for file in listed[start : start + _SHARE]:
                    read(file)
            os._exit(0)
        children.append(pid)
    if any(os.waitpid(pid, 0)[1] for pid in children):
        raise SystemExit(1)


def read(file: bytes) -> bytes:
    """Return what a file holds."""
    descriptor = os.open(file, os.O_RDONLY)
    data = os.read(descriptor, os.fstat(descriptor).st_size)
    os.close(descriptor)
    return data


if __name__ == "__main__":
    main()
