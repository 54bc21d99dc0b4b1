"""How long plain gate lines take from text to the bytes of a request, stage by stage, next to qiskit.

    python -m tests.bench.plain_lines [LINES]

Five kinds of circuits: few distinct lines, every angle different, `u3` with every angle different, `cx` alone, and
lines with a comment after every tenth; each as `.qc` and as OpenQASM 2. *qiskit* is its time to read and write the
OpenQASM text divided by the whole time here, measured in turns; *same* that divided by the time to read and to write
the language of the text. The bytes are the most that are held at once, for each line; one with `u3` makes three gates.
A request has at most 150,000 gates, so 50,000 lines. Numbers are printed, nothing fails.
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

from ionqdsl import formats
from ionqdsl import pipeline as stages
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import payload
from ionqdsl.ir.job import LoweredProgram
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
        if kind == "cx":
            yield Gate("cx", [], pair)
        elif kind == "u3":
            yield Gate("u3", numbers, pair[:1])
        elif share < 0.5:
            quarter = f"pi/{pick.choice((2, 4, 8))}"
            yield Gate("rz", numbers[:1] if kind in ("distinct", "comments") else [quarter], pair[:1])
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
    if kind == "comments":
        written[9::10] = [f"{line}{end}{'//' if is_openqasm else '#'} a comment\n{line}" for line in written[9::10]]
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


def rewriting(source: str, load: Callable[[Source], tuple[LoweredProgram, object]], form: str) -> float:
    """Seconds of the processor to read a text and to write it in a format."""
    start = time.process_time()
    formats.write(load(Source(source))[0], form)
    return time.process_time() - start


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


def main(lines: int = 50_000) -> None:
    """Prints a table."""
    stages.load(Source("qubit q\nh q\n"))  # the grammars are made before anything is measured
    read(Source("OPENQASM 2.0;\nqreg q[2];\nCX q[0],q[1];\n"))
    print(
        f"{'':18}"
        + "".join(f"{name:>10}" for name in ("read", "passes", "emit", "lines/s", "B/line", "qiskit", "same"))
    )
    for kind in ("few", "distinct", "u3", "cx", "comments"):
        for is_openqasm, load in ((False, stages.load), (True, read)):
            source, peer = text(lines, kind, is_openqasm), text(lines, kind, True)
            form = "qasm2" if is_openqasm else "qc"
            rounds = [
                (measure(source, load), rewriting(source, load, form), qiskit(peer) if qasm2 else 0.0)
                for _ in range(ROUNDS)
            ]
            times = {name: statistics.median(one[name] for one, *_ in rounds) for name in ("read", "passes", "emit")}
            total, same, theirs = sum(times.values()), *(statistics.median(one[at] for one in rounds) for at in (1, 2))
            cells = [f"{seconds:9.3f}s" for seconds in times.values()]
            few = text(min(lines, 10_000), kind, is_openqasm)
            held = most_bytes(few, load) / min(lines, 10_000)
            name = f"{kind}, {'OpenQASM' if is_openqasm else '.qc'}"
            print(f"{name:18}" + "".join(cells) + f"{lines / total:>10,.0f}{held:>10,.0f}", end="")
            print(f"{theirs / total:>8.2f} x{theirs / same:>8.2f} x")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
