"""Shows the gates in which two programs differ, and the other differences that affect their results.

Programs may be in any format. Circuits are compared gate by gate and angle by angle, not as text: synonyms of gates,
comments and loops do not count, nor do the job's name, shots, session and metadata. Exits with 1 if there is a
difference.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ionqdsl.cli.equiv import add_pair, programs
from ionqdsl.cli.flags import natural
from ionqdsl.cli.terminal import Terminal
from ionqdsl.cli.unified import unified
from ionqdsl.emit import qc
from ionqdsl.emit.placement import qubit_names
from ionqdsl.ir import notation
from ionqdsl.ir.circuit import FlatCircuit, Op, Operator, canonical
from ionqdsl.ir.job import Job, LoweredProgram
from ionqdsl.record import changed
from ionqdsl.verify.energies import FIELDS
from ionqdsl.verify.programs import ABSENT, paired, settings_of

if TYPE_CHECKING:
    import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `diff`."""
    add_pair(parser)
    parser.add_argument("--context", type=natural, default=3, metavar="N", help="gates to show around a difference (3)")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Compares two programs, circuit by circuit."""
    one, other, forms = programs(arguments, terminal)
    couples, misfits = paired(*([p.energy.ansatz] if p.energy else p.runs for p in (one, other)))
    paths = settings_of(one, other, forms)[0]
    names = f"{arguments.first} job", f"{arguments.second} job"
    jobs = [_job(program, paths, "payload" not in forms) for program in (one, other)]
    changes = [
        [f"{what}: {how}" for what, how in misfits],
        list(unified(jobs[0], jobs[1], names, arguments.context)),
        *(list(differences(*pair, arguments.first, arguments.second, arguments.context)) for pair in couples),
    ]
    if not any(changes):
        terminal.say("no difference")
    for lines in changes:
        if lines:
            terminal.data("\n".join(lines))
    terminal.answer(differences=[lines for lines in changes if lines])
    return 1 if any(changes) else 0


def differences(one: FlatCircuit, other: FlatCircuit, first: str, second: str, context: int = 3) -> Iterator[str]:
    """A unified diff of two circuits, one gate per line; empty if they are the same."""
    yield from unified(_lines(one), _lines(other), (f"{first} {one.name}", f"{second} {other.name}"), context)


def _job(program: LoweredProgram, paths: list[str], has_constant: bool) -> list[str]:
    """The settings at these paths, and the energy (without its ansatz) or the function, one per line."""
    pairs = [(path, program.job.get(path, ABSENT.get(path))) for path in paths]
    lines = [f"{path} = {qc.value(value)}" for path, value in pairs if value is not None]
    if program.energy is not None:
        terms = sorted(program.energy.hamiltonian.terms)
        lines += [f"hamiltonian {qc.operator(Operator((term,)))}" for term in terms if term[0] or has_constant]
        values = [(key, getattr(program.energy, key)) for key in FIELDS]
        lines += [f"{key} = {qc.value(value)}" for key, value in values if value is not None]
    return [*lines, *(qc.program_lines(changed(program, job=Job())) if program.function is not None else ())]


def _gates(circuit: FlatCircuit, names: Sequence[str]) -> Iterator[str]:
    """The gates in order. Equal ones of a long circuit are mostly one text."""
    known: dict[int, tuple[Op, str]] = {}  # keeps the row alive, so that its id stays its own
    for op in circuit.stream():
        found = known.get(id(op))
        if found is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            found = known[id(op)] = op, sys.intern(qc.row(canonical(op), names))
        yield found[1]


_REMEMBERED = 1 << 14
"""Rows whose texts are remembered."""


def _lines(circuit: FlatCircuit) -> list[str]:
    """Qubits, gates in their canonical spelling, registers and the global phase."""
    names = qubit_names(circuit)
    lines = [f"qubits {circuit.width}", *_gates(circuit, names)]
    for name, slots in circuit.registers:
        read = ", ".join(
            "_" if qubit is None else names[qubit] if isinstance(qubit, int) else f"{qubit.register}[{qubit.place}]"
            for qubit in slots
        )
        lines.append(f"register {name} = {read}")
    phase = circuit.phase.reduced()
    return [*lines, f"gphase({notation.angle(phase)})"] if phase else lines
