"""A sweep on several machines, by Dask: each repository in a process of its own on whichever worker has time."""

from __future__ import annotations

import base64
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

from keylint.errors import UsageError
from keylint.sweep.job import Job, examine, failed
from keylint.sweep.store import Result

# How often a repository whose worker died is tried on another.
_AGAIN = 2
# Jobs handed to the scheduler for each that is at work: enough to keep workers busy, few enough to stay small.
_AHEAD = 4


def sweep(jobs: Sequence[Job], address: str, count: int, seconds: float, done: Callable[[Job, Result], None]) -> None:
    """Examine repositories on a Dask cluster at an address, or on a `local` one of so many processes.

    Raises: UsageError if Dask is not installed or the cluster cannot be reached.
    """
    try:
        from distributed import Client, KilledWorker, LocalCluster, as_completed
    except ImportError:
        raise UsageError("--dask needs Dask: pip install 'keylint[dask]'") from None
    cluster = (
        LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=None) if address == "local" else None
    )
    try:
        client = Client(cluster or address, timeout=30)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(f"--dask {address}: no cluster answers: {error}") from None
    try:
        workers = max(1, sum(client.nthreads().values()) or count)
        waiting = iter(jobs)
        at_work: dict[str, Job] = {}
        pool = as_completed(with_results=False)

        def hand_out() -> bool:
            job = next(waiting, None)
            if job is None:
                return False
            future = client.submit(apart, _packed(job), seconds, retries=_AGAIN, pure=False)
            at_work[future.key] = job
            pool.add(future)
            return True

        for _ in range(workers * _AHEAD):
            if not hand_out():
                break
        for future in pool:
            job = at_work.pop(future.key)
            error: Any = future.exception()
            if error is None:
                done(job, _unpacked(future.result()))
            else:
                why = (
                    "its workers died over it"
                    if isinstance(error, KilledWorker)
                    else f"{type(error).__name__}: {error}"
                )
                done(job, failed(job.target.name, why, 0.0))
            future.release()
            hand_out()
    finally:
        client.close()
        if cluster is not None:
            cluster.close()


def apart(job: bytes, seconds: float) -> bytes:
    """Examine a repository in a process of its own: a worker's threads and a fork do not go together."""
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "keylint.sweep.cluster"],
            input=job,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        target = _job(job).target
        return _packed(failed(target.name, f"it took longer than {seconds:g} seconds", seconds))
    if ended.returncode:
        raise RuntimeError(f"the process of a repository ended with {ended.returncode}")
    return ended.stdout


def _packed(value: object) -> bytes:
    return base64.b64encode(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))


def _unpacked(text: bytes) -> Result:
    result = pickle.loads(base64.b64decode(text))
    assert isinstance(result, Result)
    return result


def _job(text: bytes) -> Job:
    job = pickle.loads(base64.b64decode(text))
    assert isinstance(job, Job)
    return job


if __name__ == "__main__":
    sys.stdout.buffer.write(_packed(examine(_job(sys.stdin.buffer.read()))))
