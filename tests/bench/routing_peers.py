"""Counts the two-qubit gates that Qiskit and TKET need on machines that do not connect every pair of qubits.

    python -m tests.bench.routing_peers [circuit ...]

needs qiskit and pytket, and adds their counts to tests/bench/routing.json, from which `python generate` makes the table
in docs/routing.md. Counts that are there already stay. Both may leave every outcome on any qubit; the fewest gates of
several seeds or settings count. Qiskit compiles at its highest level, to partial rzz and to cz. TKET optimises before
placing and after routing, to ZZPhase and to TK2 written with ZZPhase; its settings are its placements and how far its
router looks ahead.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version

from tests.bench import corpus
from tests.bench.routing_machines import JSON, MACHINES, Pairs, cases, kept, record

SEEDS = 5
BASES = ("rzz rz sx x", "cz rz sx x")

SECONDS = 120
"""For one peer, circuit and machine; the fewest gates until then count."""


def of_qiskit(text: str, pairs: Pairs) -> Iterator[int]:
    """The counts, seed by seed."""
    from qiskit import qasm2, transpile
    from qiskit.transpiler import CouplingMap

    circuit = qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    circuit.remove_final_measurements()
    circuit.measure_all()  # so that diagonal gates at the end are dropped, and outcomes may be anywhere
    both = CouplingMap([pair for a, b in pairs for pair in ((a, b), (b, a))])
    for seed in range(SEEDS):
        for basis in BASES:
            options = {"basis_gates": basis.split(), "optimization_level": 3, "seed_transpiler": seed}
            done = transpile(circuit, coupling_map=both, **options)
            yield sum(len(step.qubits) == 2 for step in done.data if step.name != "barrier")


def of_pytket(text: str, pairs: Pairs) -> Iterator[int]:
    """The counts, setting by setting."""
    from pytket.architecture import Architecture
    from pytket.circuit import OpType
    from pytket.mapping import LexiLabellingMethod, LexiRouteRoutingMethod
    from pytket.passes import (
        AutoRebase,
        CliffordSimp,
        DecomposeBoxes,
        DecomposeSwapsToCXs,
        DecomposeTK2,
        FullMappingPass,
        FullPeepholeOptimise,
        KAKDecomposition,
        NormaliseTK2,
        RemoveRedundancies,
        SequencePass,
    )
    from pytket.placement import GraphPlacement, LinePlacement
    from pytket.qasm import circuit_from_qasm_str

    whole = circuit_from_qasm_str(text)
    whole.remove_blank_wires()
    DecomposeBoxes().apply(whole)
    machine = Architecture(pairs)
    lowest = SequencePass([NormaliseTK2(), DecomposeTK2(allow_swaps=False, ZZPhase_fidelity=1.0)])
    for before in (OpType.CX, OpType.TK2):
        ready = whole.copy()
        FullPeepholeOptimise(allow_swaps=True, target_2qb_gate=before).apply(ready)
        if before == OpType.TK2:
            lowest.apply(ready)
        for placement in (GraphPlacement(machine), LinePlacement(machine)):
            for depth in (10, 50, 100):
                routed = ready.copy()
                routing = [LexiLabellingMethod(), LexiRouteRoutingMethod(depth)]
                FullMappingPass(machine, placement, routing).apply(routed)
                DecomposeSwapsToCXs(machine).apply(routed)
                for after in (OpType.CX, OpType.TK2):
                    done = routed.copy()
                    AutoRebase({OpType.CX, OpType.Rz, OpType.H, OpType.Rx}).apply(done)
                    KAKDecomposition(target_2qb_gate=after, allow_swaps=False).apply(done)
                    if after == OpType.CX:
                        CliffordSimp(allow_swaps=False).apply(done)
                    else:
                        lowest.apply(done)
                    RemoveRedundancies().apply(done)
                    yield sum(command.op.type != OpType.Barrier and len(command.qubits) == 2 for command in done)


PEERS: dict[str, Callable[[str, Pairs], Iterator[int]]] = {"qiskit": of_qiskit, "pytket": of_pytket}


def _count(peer: str, text: str, pairs: Pairs, results: multiprocessing.Queue[int | str]) -> None:
    warnings.simplefilter("ignore")
    try:
        for found in PEERS[peer](text, pairs):
            results.put(found)
    except Exception as error:  # a compiler that fails is a result
        results.put(f"{type(error).__name__}: {error}"[:80])
    results.put("done")


def fewest(peer: str, text: str, pairs: Pairs) -> int | None:
    """The fewest gates until the time is up, None if there is no result then."""
    results: multiprocessing.Queue[int | str] = multiprocessing.Queue()
    process = multiprocessing.Process(target=_count, args=(peer, text, pairs, results))
    process.start()
    process.join(SECONDS)
    process.kill()
    process.join()
    found: list[int | str] = []
    while not results.empty():
        found.append(results.get(timeout=1))
    return min((count for count in found if isinstance(count, int)), default=None)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("circuits", nargs="*")
    names = parser.parse_args().circuits
    JSON.write_text(json.dumps(record() | {peer: version(peer) for peer in PEERS}, indent=1) + "\n", encoding="utf-8")
    for circuit in cases():
        if names and circuit.name not in names:
            continue
        text = (corpus.FOLDER / f"{circuit.name}.qasm").read_text()
        for kind, connect in MACHINES.items():
            for peer in PEERS:
                if peer not in record()["counts"].get(circuit.name, {}).get(kind, {}):
                    kept(circuit.name, kind, peer, fewest(peer, text, connect(circuit.width)))
            print(f"{circuit.name:18}{kind:12}", record()["counts"][circuit.name][kind], flush=True)


if __name__ == "__main__":
    main()
