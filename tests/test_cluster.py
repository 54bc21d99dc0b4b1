"""A Dask cluster on this computer: workers that end in the middle of their work change nothing about the results.

Would catch work that is lost or done for another circuit, results that depend on the workers, and a command that
leaves its connection open.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import command

import ionqdsl as iq

distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")

SWEEP = ("--sweep", "t=linspace(0.1, 3, 6)", "--target", "aria", "-O3", "--effort", "0.1")
PROGRAM = """
param t = 0
qubit q[4]
for i in range(4) { ry(t * (i + 1)) q[i] }
for i in range(3) { cnot q[i], q[i + 1]; rz(t / 3) q[i + 1] }
for i in range(3) { cnot q[i], q[i + 1]; rx(t) q[i] }
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as started:
        yield started


def pids(cluster: Any) -> list[int]:
    return [nanny.pid for nanny in cluster.workers.values()]


def test_workers_that_are_killed_change_nothing(cluster: Any) -> None:
    circuits = [
        iq.Circuit(4).ry(0.1 * n, 0).cnot(0, 1).rz(0.2 * n, 1).cnot(1, 2).rx(0.3, 2).cnot(2, 3).cnot(0, 3)
        for n in range(1, 11)
    ]
    alone = iq.compile(circuits, "forte", 3, effort=0.2)
    killed: list[int] = []

    def kill() -> None:
        for _ in range(2):
            time.sleep(0.4)
            victims = [pid for pid in pids(cluster) if pid]
            if victims:
                os.kill(victims[0], signal.SIGKILL)
                killed.append(victims[0])

    with distributed.Client(cluster) as client:
        client.submit(abs, -1).result()
        thread = threading.Thread(target=kill)
        thread.start()
        apart = iq.compile(circuits, "forte", 3, effort=0.2, executor=client)
        thread.join()
    assert killed
    assert len(apart) == 10
    assert list(apart) == list(alone)


def test_the_command_works_on_a_cluster(cluster: Any, tmp_path: Path) -> None:
    path = tmp_path / "chain.qc"
    path.write_text(PROGRAM)
    here = command("compile", str(path), *SWEEP, "-j", "1")
    there = command("compile", str(path), *SWEEP, "--cluster", cluster.scheduler_address)
    assert (here.returncode, there.returncode) == (0, 0), here.stderr + there.stderr
    assert there.stdout == here.stdout
    assert there.stderr == here.stderr
