"""Run a command once and tell what it and all that it started took.

Usage: probe.py LIMIT OUTPUT COMMAND [ARGUMENT ...]

Prints its exit code, seconds by the clock, processor seconds, and the peak of its largest process in KiB. Past LIMIT
seconds it is killed, and the exit code is negative. What it says goes to OUTPUT.

Little is imported: what a process held before it became another program counts into the peak of that.
"""

import os
import signal
import sys
import time

_ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER


def main() -> None:
    """Run it, and wait for what it leaves behind, too: keylint's workers are killed, and git of theirs ends later."""
    limit, output, *command = sys.argv[1:]
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    start = time.perf_counter()
    begun = os.posix_spawnp(command[0], command, os.environ, file_actions=actions, setpgroup=0)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(begun, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, float(limit))
    wall, cpu, peak, code = 0.0, 0.0, 0, 0
    while True:
        try:
            pid, status, used = os.wait4(-1, 0)
        except ChildProcessError:
            break
        if pid == begun:
            wall = time.perf_counter() - start
            signal.setitimer(signal.ITIMER_REAL, 0)
            code = os.waitstatus_to_exitcode(status)
        cpu += used.ru_utime + used.ru_stime
        peak = max(peak, used.ru_maxrss)
    print(code, wall, cpu, peak)


main()
