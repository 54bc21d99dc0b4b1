"""Counts our two-qubit gates on machines that do not connect every pair of qubits, for two contracts.

    python -m tests.bench.routing [--contract registers] [circuit ...]

needs the folder of circuits (IONQDSL_CIRCUITS, default ../shared/circuits) and adds counts to tests/bench/routing.json,
next to those of tests/bench/routing_peers.py, from which `python generate` makes docs/routing.md. Every result is
verified as far as its width allows. Under `measurement` every outcome is in place; under `registers`, with a register
that reads all qubits, it may be anywhere, as it may for the peers. There each qubit is first turned by an angle of its
own, so that nothing is saved because qubits start in |0>. The peers get the circuits as they are.
"""

from __future__ import annotations

import argparse
from typing import Any

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.characterization import Characterization
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.passes.cost import cost_of
from tests.bench.routing_machines import MACHINES, Pairs, cases, kept, record

CONTRACTS = ("registers", "measurement")


def two_qubit_gates(circuit: FlatCircuit, kind: str, pairs: Pairs, contract: str) -> int:
    """Ours, once the result is verified."""
    machine = Characterization(kind, one_qubit=0.9998, two_qubit=0.995, pairs=frozenset(pairs))
    options = Options(level=2, preserve=contract, characterization=machine, verify=True)
    read = circuit.replace(registers=(("all", tuple(range(circuit.width))),))
    if contract == "registers":
        every = range(circuit.width)
        turns = [Op("rx", (qubit,), (Angle(0, 0.5 + 0.1 * qubit),)) for qubit in every]
        turns += [Op("rz", (qubit,), (Angle(0, 0.3),)) for qubit in every]
        read = read.with_rows([*((turn, None) for turn in turns), *zip(read.rows, read.origins, strict=True)])
    result, _, report = transpile(read, TARGETS["forte"], options)
    assert report.verdict is not None
    assert report.verdict.equal is not False
    return cost_of(result).two_qubit_gates


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("circuits", nargs="*")
    parser.add_argument("--contract", choices=CONTRACTS, action="append")
    arguments = parser.parse_args()
    for circuit in cases():
        if arguments.circuits and circuit.name not in arguments.circuits:
            continue
        for kind, connect in MACHINES.items():
            for contract in arguments.contract or CONTRACTS:
                if contract not in record()["counts"].get(circuit.name, {}).get(kind, {}):
                    found = two_qubit_gates(circuit, kind, connect(circuit.width), contract)
                    kept(circuit.name, kind, contract, found)
            row: dict[str, Any] = record()["counts"][circuit.name][kind]
            print(f"{circuit.name:18}{kind:12}", *(f"{name} {count}" for name, count in row.items()), flush=True)


if __name__ == "__main__":
    main()
