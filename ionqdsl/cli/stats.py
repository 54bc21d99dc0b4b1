"""Shows the size of circuits: qubits, gates, two-qubit gates, pulses and depth.

Two-qubit gates and pulses are those of the hardware: a gate that is not native counts as its own translation. With
--target or -O, the circuit is compiled first and the result is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ionqdsl.cli.flags import add_compilation, add_file, add_job
from ionqdsl.cli.program import load, transpiled
from ionqdsl.cli.tables import columns
from ionqdsl.cli.terminal import Terminal
from ionqdsl.describe.stats import stats

if TYPE_CHECKING:
    import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `stats`."""
    add_file(parser)
    add_job(parser)
    add_compilation(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Shows the size of every circuit that would run, or of the ansatz of an energy."""
    program = load(arguments, terminal, "stats")
    if arguments.target is not None or arguments.level is not None:
        program = transpiled(program, arguments, terminal)
    circuits = [program.energy.ansatz] if program.energy else program.runs
    rows = [stats(circuit).to_json() for circuit in circuits]
    if rows:
        terminal.data(_table(rows))
    else:
        terminal.say("the program runs no circuits")
    terminal.answer(circuits=rows)
    return 0


_SAID = {
    "measurements": "measurements before the end",
    "resets": "resets",
    "conditional": "gates that depend on outcomes",
}
_HEADS = ("circuit", "gateset", "qubits", "gates", "two-qubit", "pulses", "depth")


def _table(rows: list[dict[str, Any]]) -> str:
    keys = ("name", *(head.replace("two-qubit", "two_qubit_gates") for head in _HEADS[1:]))
    lines = columns(_HEADS, [tuple(str(circuit[key]) for key in keys) for circuit in rows], left=2)
    for circuit in rows:
        gates = ", ".join(f"{count} {name}" for name, count in circuit["by_gate"].items()) or "no gates"
        lines += ["", f"{circuit['name']}: {gates}"]
        lines += [f"  {said}: {circuit[word]}" for word, said in _SAID.items() if circuit.get(word)]
        if circuit["parameters"]:
            lines.append(f"  without a value: {', '.join(circuit['parameters'])}")
    return "\n".join(lines)
