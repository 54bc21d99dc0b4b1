"""How long plain gate lines take from text to the bytes of a request, stage by stage, next to qiskit.

    python -m tests.bench.plain_lines [LINES]

Three kinds of circuits: few distinct lines, every angle different, and `u3` with every angle different; each as `.qc`
and as OpenQASM 2. The last column is qiskit's time to read and write the OpenQASM text divided by the whole time here,
measured in turns; the bytes are the most that are held at once, for each line. Numbers are printed, nothing fails.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import payload
from ionqdsl.ir.options import Options
from ionqdsl.read.openqasm.program import read

try:
    from qiskit import qasm2
except ImportError:
    qasm2 = None

WIDTH, ROUNDS = 20, 3


class Gate(NamedTuple):
    """A line: a gate's name in OpenQASM, its arguments, its qubits."""

    name: str
    arguments: list[str]
    qubits: list[int]


def gates(lines: int, kind: str) -> Iterator[Gate]:
    """A circuit of so many lines: half rotations, a third two-qubit gates; or `u3` alone."""
    pick = random.Random(7)
    for _ in range(lines):
        pair, share = pick.sample(range(WIDTH), 2), pick.random()
        numbers = [f"{pick.uniform(-3, 3):.12f}" for _ in range(3)]
        if kind == "u3":
            yield Gate("u3", numbers, pair[:1])
        elif share < 0.5:
            yield Gate("rz", numbers[:1] if kind == "distinct" else [f"pi/{pick.choice((2, 4, 8))}"], pair[:1])
        else:
            yield Gate("h", [], pair[:1]) if share < 0.67 else Gate("cx", [], pair)


def text(lines: int, kind: str, is_openqasm: bool) -> str:
    """The circuit in a language."""
    head = f'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[{WIDTH}];' if is_openqasm else f"qubit q[{WIDTH}]"
    end = ";\n" if is_openqasm else "\n"
    written = [
        f"{name}({', '.join(arguments)}) {places}" if arguments else f"{name} {places}"
        for name, arguments, qubits in gates(lines, kind)
        for places in [", ".join(f"q[{qubit}]" for qubit in qubits)]
    ]
    return head + "\n" + end.join([*written, ""])


def measure(source: str, load: Callable[[Source], object]) -> dict[str, float]:
    """Seconds of the processor by stage."""
    times = [time.process_time()]
    program, _ = load(Source(source))
    times.append(time.process_time())
    compiled, *_ = stages.transpile(program, Options(target="qis"))
    times.append(time.process_time())
    payload.request(compiled)
    times.append(time.process_time())
    names = ("read", "passes", "emit")
    return {name: after - before for name, before, after in zip(names, times, times[1:], strict=False)}


def qiskit(source: str) -> float:
    """Seconds of the processor to read a text and to write it."""
    start = time.process_time()
    qasm2.dumps(qasm2.loads(source))
    return time.process_time() - start


def most_bytes(source: str, load: Callable[[Source], object]) -> int:
    """The most bytes held at once."""
    tracemalloc.start()
    measure(source, load)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def main(lines: int = 100_000) -> None:
    """Prints a table."""
    stages.load(Source("qubit q\nh q\n"))  # the grammars are made before anything is measured
    read(Source("OPENQASM 2.0;\nqreg q[2];\nCX q[0],q[1];\n"))
    print(f"{'':18}" + "".join(f"{name:>10}" for name in ("read", "passes", "emit", "lines/s", "B/line", "qiskit")))
    for kind in ("few", "distinct", "u3"):
        for is_openqasm, load in ((False, stages.load), (True, read)):
            source, peer = text(lines, kind, is_openqasm), text(lines, kind, True)
            rounds = [(measure(source, load), qiskit(peer) if qasm2 else 0.0) for _ in range(ROUNDS)]
            times = {name: statistics.median(one[name] for one, _ in rounds) for name in ("read", "passes", "emit")}
            total = sum(times.values())
            ratio = statistics.median(theirs for _, theirs in rounds) / total
            cells = [f"{seconds:9.3f}s" for seconds in times.values()]
            few = text(min(lines, 10_000), kind, is_openqasm)
            held = most_bytes(few, load) / min(lines, 10_000)
            name = f"{kind}, {'OpenQASM' if is_openqasm else '.qc'}"
            print(f"{name:18}" + "".join(cells) + f"{lines / total:>10,.0f}{held:>10,.0f}{ratio:>9.2f} x")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
