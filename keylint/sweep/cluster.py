"""A sweep on several machines, by Dask: each repository in a process of its own on whichever worker has time.

Who may talk to a cluster may run code on its workers: give it TLS, or a network of its own.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Sequence
from typing import Any

from keylint.errors import UsageError
from keylint.sweep.job import Job, examine, failed
from keylint.sweep.results import Result

# How often a repository whose worker died is tried on another.
_AGAIN = 2
# Jobs handed to the scheduler for each that is at work: enough to keep workers busy, few enough to stay small.
_AHEAD = 4
LOCAL = "local"
# How long to look for the cluster. Units: seconds.
_PATIENCE = 30


def sweep(jobs: Sequence[Job], address: str, count: int, seconds: float, done: Callable[[Job, Result], None]) -> None:
    """Examine repositories on a Dask cluster at an address, or on a `local` one of so many processes.

    Raises: UsageError if Dask is not installed or the cluster cannot be reached.
    """
    try:
        import distributed
    except ImportError:
        raise UsageError("--dask needs Dask: pip install 'keylint[dask]'") from None
    dask: Any = distributed  # none of it has types
    cluster = (
        dask.LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=None) if address == LOCAL else None
    )
    try:
        client = dask.Client(cluster or address, timeout=_PATIENCE)
    except (OSError, ValueError, TypeError, TimeoutError) as error:  # TypeError: tls:// without certificates
        raise UsageError(f"--dask {address}: no cluster answers: {error}") from None
    try:
        _spread(dask, client, jobs, seconds, done)
    finally:
        client.close()
        if cluster is not None:
            cluster.close()


def _spread(dask: Any, client: Any, jobs: Sequence[Job], seconds: float, done: Callable[[Job, Result], None]) -> None:
    """Keep every worker busy and no more than a few jobs ahead of them: results are taken as they come."""
    waiting = iter(jobs)
    at_work: dict[str, Job] = {}
    pool = dask.as_completed()

    def hand_out() -> None:
        job = next(waiting, None)
        if job is not None:
            future = client.submit(apart, _packed(job), seconds, retries=_AGAIN, pure=False)
            at_work[future.key] = job
            pool.add(future)

    for _ in range(max(1, sum(client.nthreads().values())) * _AHEAD):
        hand_out()
    for future in pool:
        job = at_work.pop(future.key)
        error = future.exception()
        if error is None:
            done(job, _result(future.result()))
        else:
            died = isinstance(error, dask.KilledWorker)
            why = "every worker that it was given to died" if died else f"{type(error).__name__}: {error}"
            done(job, failed(job.target.name, why, 0.0))
        future.release()
        hand_out()


def apart(job: bytes, seconds: float) -> bytes:
    """Examine a repository in a process of its own: a worker's threads and a fork do not go together."""
    import subprocess

    command = [sys.executable, "-m", "keylint.sweep.cluster"]
    try:
        ended = subprocess.run(command, input=job, stdout=subprocess.PIPE, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return _packed(failed(_job(job).target.name, f"it took longer than {seconds:g} seconds", seconds))
    if ended.returncode:
        raise RuntimeError(f"its process ended with {ended.returncode}")
    return ended.stdout


def _packed(value: Job | Result) -> bytes:
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def _result(text: bytes) -> Result:
    result = pickle.loads(text)
    assert isinstance(result, Result)
    return result


def _job(text: bytes) -> Job:
    job = pickle.loads(text)
    assert isinstance(job, Job)
    return job


if __name__ == "__main__":
    sys.stdout.buffer.write(_packed(examine(_job(sys.stdin.buffer.read()))))
