"""The circuits of the comparison under equal terms, and which of them are held out.

Published files and the families of peers/families.py have been looked at for years of tuning: they are open. Of the new
families and of MQT Bench's circuits every second one, and of the suite every third, chosen by a hash of its name, is
held out: no page or list shows its numbers one by one, and nobody tunes on them.

The suite is that of GUOQ's authors, which papers on optimisers use: of its circuits in cx, h and rz those of 3 to 36
qubits with 9 to 1,052 cx, listed in suite.txt. It is counted apart.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from tests.bench import corpus
from tests.bench.fair import families
from tests.bench.kept import GUOQ, KEPT, Source
from tests.bench.peers import families as known

MQT = {
    **dict.fromkeys(("ae", "qpeexact", "qpeinexact", "qftentangled", "wstate", "qaoa", "vqe_su2"), (5, 8)),
    **dict.fromkeys(("vqe_real_amp", "vqe_two_local", "qnn", "graphstate", "dj", "randomcircuit"), (6, 9)),
    **dict.fromkeys(("cdkm_ripple_carry_adder", "draper_qft_adder", "modular_adder", "full_adder"), (6, 10)),
    "half_adder": (5, 9),
    "hrs_cumulative_multiplier": (5, 9),
    "multiplier": (8,),
    "rg_qft_multiplier": (8,),
    "vbe_ripple_carry_adder": (7, 10),
    "hhl": (5, 7),
    "grover": (5, 6),
    "qwalk": (5, 6),
    "bmw_quark_copula": (6, 10),
    "bmw_quark_cardinality": (8,),
}
"""Benchmark -> sizes; every circuit is unitary once its last measurements are taken off."""

_GATES = "cx h x y z s sdg t tdg rx ry rz p u cp cz swap ccx crx cry crz rxx rzz cswap"

SUITE = tuple(Path(__file__).with_name("suite.txt").read_text().split())

_SUITE = Source(*GUOQ, "benchmarks/nam_rz/{}.qasm")

LOOKED_AT = (
    *("tfim", "xy_chain", "kitaev_chain", "ring_layers", "full_layers"),
    *("random_graph", "routed_swaps", "sorting_network", "convolution"),
)
"""New families that a rewrite was built with."""

LONGEST = 3_000
"""The most lines of a text outside the suite: longer ones take every compiler minutes, and tables below have them."""


@cache
def circuits() -> dict[str, str]:
    """Texts by name, the short ones first."""
    found = {name: (corpus.FOLDER / f"{name}.qasm").read_text() for name in corpus.names()}
    found |= {f"own/{name}": families.text(name) for name in (*known.names(), *families.names())}
    found |= {f"mqt/{name}_{size}": _from_mqt(name, size) for name, sizes in MQT.items() for size in sizes}
    short = {name: text for name, text in found.items() if text.count("\n") <= LONGEST}
    short |= {f"suite/{name}": _SUITE.text(name) for name in SUITE}
    return dict(sorted(short.items(), key=lambda item: item[1].count("\n")))


def is_held_out(name: str) -> bool:
    """Whether a circuit's numbers are only shown in sums."""
    kind, _, rest = name.rpartition("/")
    if is_of_suite(name):
        return hashlib.sha256(name.encode()).digest()[0] % 3 == 0
    is_new = kind == "mqt" or (kind == "own" and rest not in known.names() and not rest.startswith(LOOKED_AT))
    return is_new and hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def is_of_suite(name: str) -> bool:
    """Whether a circuit is of GUOQ's suite, which has tables of its own."""
    return name.startswith("suite/")


def _from_mqt(name: str, size: int) -> str:
    """A circuit of MQT Bench at its level of plain gates, written once and then read from the file."""
    file = KEPT / f"{name}_{size}.qasm"
    if not file.exists():
        from mqt.bench import BenchmarkLevel, get_benchmark
        from qiskit import QuantumCircuit, qasm2, transpile

        made = get_benchmark(name, BenchmarkLevel.INDEP, size).remove_final_measurements(inplace=False)
        circuit = QuantumCircuit(made.num_qubits)  # on one register, since readers order several differently
        circuit.compose(transpile(made, basis_gates=_GATES.split(), optimization_level=0), inplace=True)
        lines = [line for line in qasm2.dumps(circuit).splitlines() if not line.startswith(("barrier", "gate "))]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines) + "\n")
    return file.read_text()
