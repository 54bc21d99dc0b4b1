"""Times that are compared with each other: taken in one run, turn and turn about, medians of several rounds.

Three comparisons go into `timing.json`: compiling in a warm process, whole processes from the start of Python to a
written file, and many bindings of one compiled ansatz against compiling each point. Seconds are of the processor where
single processes are compared, which other work on the machine disturbs least.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from ionqdsl.emit import qc
from tests.bench import corpus, rows
from tests.bench.peers import results
from tests.bench.peers.table import PEERS, version

FILE = Path(__file__).with_name("timing.json")

OURS, RUST = "ionqdsl/O2/forte", "qiskit/rzz/forte"

OTHERS = ("qiskit-ionq/3/forte", "pytket/peephole/forte", "pytket/greedy/forte", "cirq-ionq/default/forte")

LONGEST = 60.0
"""Seconds: a compiler that took longer on a circuit is left out of the rounds."""

ROUNDS = 3
"""Of the two quickest; the others, many times slower, run in the first round only."""

ENOUGH = 30.0
"""Seconds the two may spend on a circuit before their rounds end early."""

MOST_GATES = 5000
"""Circuits of whole processes."""

POINTS = 1000

_QISKIT = """
import sys
from qiskit import qasm2, transpile
circuit = qasm2.load(sys.argv[1], custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
done = transpile(circuit, basis_gates=["rz", "sx", "x", "rzz"], optimization_level=3, seed_transpiler=0)
qasm2.dump(done, sys.argv[2])
"""


def load(file: Path = FILE) -> dict[str, Any]:
    """The times on file, empty if there are none."""
    return json.loads(file.read_text()) if file.exists() else {}


def measure(only: Iterable[str] = ()) -> None:
    """Measures published circuits whose names begin so, all of them where none is given; writes after every circuit."""
    texts = results.circuits()
    chosen = {name: text for name, text in texts.items() if not name.startswith("own/")} or texts
    known = results.load()
    found = {"compile": {}, "process": {}, **load()}
    found |= {"date": datetime.now(UTC).strftime("%Y-%m-%d"), "python": platform.python_version()}
    found |= {"versions": {key: version(PEERS[key]) for key in (OURS, RUST, *OTHERS)}, "bindings": bindings()}
    for name, text in chosen.items():
        if only and not name.startswith(tuple(only)):
            continue
        found["compile"][name] = compiling(name, text, known)
        if text.count("\n") < MOST_GATES:
            found["process"][name] = processes(text)
        print(f"{name:28}", found["compile"][name], found["process"].get(name), file=sys.stderr, flush=True)
        FILE.write_text(json.dumps(found, indent=1) + "\n")


def compiling(name: str, text: str, known: dict[str, rows.Row]) -> dict[str, float]:
    """Seconds of the processor by compiler, each run in a fresh process that has compiled something else."""
    keys = [key for key in (OURS, RUST, *OTHERS) if _seconds(known, key, text) < LONGEST]
    times: dict[str, list[float]] = {key: [] for key in keys}
    for round_ in range(ROUNDS):
        for key in keys:
            if key in (OURS, RUST) or round_ == 0:
                row = results.measure(PEERS[key], name, text, LONGEST, is_checked=False)
                times[key] += [row["cpu_s"]] if "cpu_s" in row else []
        if sum(map(sum, (times.get(OURS, []), times.get(RUST, [])))) > ENOUGH:
            break
    return {key: median(found) for key, found in times.items() if found}


def _seconds(known: dict[str, rows.Row], key: str, text: str) -> float:
    row = known.get(results.key_of(PEERS[key], text), {})
    return float(row.get("cpu_s", LONGEST if "failure" in row else 0.0))


def processes(text: str) -> dict[str, dict[str, float]]:
    """Wall and processor seconds from starting Python to a written file: our command, and a script of Qiskit's."""
    with tempfile.TemporaryDirectory() as folder:
        program, circuit, out = (str(Path(folder, name)) for name in ("a.qc", "a.qasm", "out"))
        source = corpus.read(text)
        Path(program).write_text(qc.text(source))
        Path(circuit).write_text(text)
        form = "payload" if source.width <= 29 else "qc"  # wider than any machine: no payload is made
        commands = {
            OURS: ["-m", "ionqdsl", "compile", program, "--target", "forte", "-O2", "--emit", form, "-o", out],
            RUST: ["-c", _QISKIT, circuit, out],
        }
        times: dict[str, list[tuple[float, float]]] = {key: [] for key in commands}
        for _ in range(ROUNDS):
            for key, words in commands.items():
                times[key].append(_process(words))
    return {
        key: {"wall_s": round(median(w for w, _ in found), 4), "cpu_s": round(median(c for _, c in found), 4)}
        for key, found in times.items()
    }


def _process(words: list[str]) -> tuple[float, float]:
    environment = os.environ | {"PYTHONPATH": str(rows.ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # installed packages have their bytecode
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{words} failed")
    return wall, usage.ru_utime + usage.ru_stime


def bindings() -> dict[str, float]:
    """Seconds for POINTS points of a 200-gate ansatz: as one table of angles, as bound circuits, compiling each."""
    import random

    import ionqdsl as iq

    names = [f"t{number}" for number in range(80)]
    ansatz = iq.Circuit(10)
    turns = iter(names)
    for _ in range(4):
        for qubit in range(10):
            ansatz.ry(iq.param(next(turns)), qubit).rz(iq.param(next(turns)), qubit)
        for _ in range(3):
            for qubit in range(10):
                ansatz.cnot(qubit, (qubit + 1) % 10)
    pick = random.Random(5)
    columns = {name: [pick.uniform(-3, 3) for _ in range(POINTS)] for name in names}
    iq.compile(ansatz, target="forte", level=2)  # loads all that it needs
    native, compiling = _timed(lambda: iq.compile(ansatz, target="forte", level=2))
    _, table = _timed(lambda: native.sweep(columns).angles("turn"))
    swept = native.sweep(columns)
    _, circuits = _timed(lambda: [swept[point] for point in range(POINTS)])
    some = range(0, POINTS, POINTS // 20)
    points = [ansatz.bind({name: column[point] for name, column in columns.items()}) for point in some]
    _, again = _timed(lambda: [iq.compile(point, target="forte", level=2) for point in points])
    return {
        "gates": len(ansatz),
        "compile_s": round(compiling, 4),
        "table_s": round(table, 4),
        "circuits_s": round(circuits, 4),
        "recompiling_s": round(again * POINTS / len(points), 2),
    }


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    result = work()
    return result, time.process_time() - start
