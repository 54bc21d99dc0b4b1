"""One compiler, one circuit, one process: `python -m tests.bench.peers.worker KEY SECONDS STARTED < text`.

Prints a line of JSON with times, memory and counts once the circuit is compiled, and a second one with the check. The
processor time of the first part is limited by the operating system, which also stops compilers that never look at
signals; the process then ends without a line.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import time
from importlib import import_module
from types import ModuleType
from typing import Any

from tests.bench.peers import families
from tests.bench.peers.table import PEERS, Peer

WARM_UP = "quantum_volume_4"
"""Compiled first, so that a compiler's modules and tables are there: wide enough for all kinds of work."""

CHECK_SECONDS = 240


def main(key: str, seconds: str, started: str, is_checked: str = "check") -> None:
    """Compiles, prints; checks, prints."""
    peer, text = PEERS[key], sys.stdin.read()
    module = import_module(f"tests.bench.peers.{peer.module}")
    signal.setitimer(signal.ITIMER_PROF, float(seconds))
    result, found = _compiled(peer, module, text)
    signal.setitimer(signal.ITIMER_PROF, CHECK_SECONDS)
    found["process_s"] = round(time.time() - float(started), 3)
    rows, inputs = module.rows(result)

    from ionqdsl.ir.circuit import FlatCircuit
    from tests.bench import corpus
    from tests.bench.peers.counting import count, for_ms

    source = corpus.read(text)
    found["counts"] = {peer.target: count(rows, source.width)}
    if peer.target == "forte":
        found["counts"]["aria"] = count(for_ms(rows), source.width)
    print(json.dumps(found), flush=True)
    if is_checked == "check":
        from tests.bench.peers.equality import deviations

        found = deviations(source, FlatCircuit(source.width, rows=rows), inputs, peer.contracts)
        rounded = {contract: float(f"{number:.2g}") for contract, number in found.items()}
        print(json.dumps({"deviations": rounded}), flush=True)


def _compiled(peer: Peer, module: ModuleType, text: str) -> tuple[Any, dict[str, Any]]:
    """The result and its costs; whatever happens once a process has happened on another circuit before."""
    compile_one = getattr(module, peer.function)
    quick = {name: value for name, value in peer.arguments.items() if name != "effort"}
    compile_one(module.read(families.text(WARM_UP)), **quick)
    circuit = module.read(text)
    wall, cpu = time.perf_counter(), time.process_time()
    result = compile_one(circuit, **peer.arguments)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return result, {"cpu_s": round(cpu, 5), "wall_s": round(wall, 5), "memory_mb": round(memory, 1)}


if __name__ == "__main__":
    main(*sys.argv[1:])
