"""The time of -O2 against that of qiskit's level 3: both warm, in one process, turn and turn about.

    python -m tests.bench.speed [--rounds 5] [--longest 200000] [--preserve measurement] [circuit ...]

Prints milliseconds of the processor, medians of the rounds, and their ratio for each open circuit whose name begins so;
then geometric mean and worst of all. Qiskit translates to rz, sx, x and rzz: our targets have partial angles too.
Circuits are those of the fair bench that need no package, and ripple-carry adders of 10^3, 10^4 and 10^5 gates. Reading
text is not measured. One round is enough for circuits that take seconds.
"""

from __future__ import annotations

import argparse
import gc
import math
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from qiskit import QuantumCircuit, qasm2, transpile

from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile as compile_circuit
from tests.bench import corpus
from tests.bench.fair import circuits as fair
from tests.bench.fair import families
from tests.bench.peers import families as known

ADDERS = {"adder_1e3": (10, 1_000), "adder_1e4": (32, 10_000), "adder_1e5": (32, 100_000)}
"""Bits of each sum, and the least number of gates."""

SECONDS = 3.0
"""A circuit on which a round takes longer has one round."""


def adders(bits: int, gates: int) -> str:
    """Ripple-carry adders (Cuccaro and others 2004) one after another, with x and h on the sums between them."""
    carry, overflow = "q[0]", f"q[{2 * bits + 1}]"
    a, b = ([f"q[{2 * bit + first}]" for bit in range(bits)] for first in (1, 2))
    carries = [carry, *a]
    up = [
        f"cx {a[bit]},{b[bit]};cx {a[bit]},{carries[bit]};ccx {carries[bit]},{b[bit]},{a[bit]}" for bit in range(bits)
    ]
    down = [
        f"ccx {carries[bit]},{b[bit]},{a[bit]};cx {a[bit]},{carries[bit]};cx {carries[bit]},{b[bit]}"
        for bit in reversed(range(bits))
    ]
    between = [f"{'h' if bit % 2 else 'x'} {b[bit]}" for bit in range(bits)]
    once = ";\n".join([*up, f"cx {a[-1]},{overflow}", *down, *between]).replace(";", ";\n").replace("\n\n", "\n")
    count = -(-gates // (once.count(";") + 1))
    return f"{known.HEADER}qreg q[{2 * bits + 2}];\n" + f"{once};\n" * count


def texts() -> dict[str, str]:
    """Circuits by name."""
    found = {name: (corpus.FOLDER / f"{name}.qasm").read_text() for name in corpus.names()}
    found |= {f"own/{name}": families.text(name) for name in (*known.names(), *families.names())}
    return found | {name: adders(*row) for name, row in ADDERS.items()}


def by_qiskit(circuit: QuantumCircuit) -> Any:
    """Qiskit's own transpiler at its highest level."""
    return transpile(circuit, basis_gates=["rz", "sx", "x", "rzz"], optimization_level=3, seed_transpiler=0)


def compiler(preserve: str) -> Callable[[FlatCircuit], Any]:
    """Our -O2 for forte."""
    options = Options(level=2, preserve=preserve)
    return lambda circuit: compile_circuit(circuit, TARGETS["forte"], options)


def seconds(function: Callable[[Any], Any], circuit: Any) -> float:
    """Seconds of the processor."""
    gc.collect()
    start = time.process_time()
    function(circuit)
    return time.process_time() - start


class Times:
    """Seconds of both, of several rounds."""

    def __init__(self, text: str, ours: Callable[[FlatCircuit], Any], rounds: int) -> None:
        pairs = (
            (ours, corpus.read(text)),
            (
                by_qiskit,
                qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS),
            ),
        )
        first = [seconds(*pair) for pair in pairs]  # imports and tables are not measured
        found = [first] if sum(first) > SECONDS else [[seconds(*pair) for pair in pairs] for _ in range(rounds)]
        self.ours, self.theirs = (median(column) for column in zip(*found, strict=True))

    @property
    def ratio(self) -> float:
        """Ours over theirs."""
        return self.ours / self.theirs


def main() -> None:
    """Prints the table and the means."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.speed")
    parser.add_argument("circuits", nargs="*", metavar="CIRCUIT")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--longest", type=int, default=200_000, metavar="LINES")
    parser.add_argument("--preserve", default="measurement")
    options = parser.parse_args()
    ours = compiler(options.preserve)
    for name in ("barenco_3", "tfim_4"):  # for the late imports of either
        Times(families.text(name), ours, 1)
    ratios: list[float] = []
    for name, text in texts().items():
        is_wanted = not options.circuits or name.startswith(tuple(options.circuits))
        if is_wanted and text.count("\n") <= options.longest:
            times = Times(text, ours, options.rounds)
            ratios.append(times.ratio)
            if not fair.is_held_out(name):
                print(
                    f"{name:28}{times.ours * 1e3:10.1f} ms{times.theirs * 1e3:10.1f} ms{times.ratio:7.2f}", flush=True
                )
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        print(f"geometric mean {mean:.2f} over {len(ratios)} circuits, worst {max(ratios):.1f}")


if __name__ == "__main__":
    main()
