"""Draws programs, results and final states for notebooks, several pictures one below the other.

Takes a program, a result or a circuit and returns an `<svg>` element, or None if there is nothing to draw.
"""

from __future__ import annotations

from dataclasses import replace

from ionqdsl.emit.amplitudes import amplitudes
from ionqdsl.emit.bars import bars
from ionqdsl.emit.bloch import bloch
from ionqdsl.emit.placement import title_of
from ionqdsl.emit.svg import SvgText, stacked, svg
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.simulation.results import Result, qubit_names

MOST = 8
"""The number of circuits of a program, or registers of a result, that are drawn."""
MOST_ROWS = 600


def of_program(program: LoweredProgram) -> str | None:
    """The circuits that would run, or the ansatz of an energy."""
    circuits = [program.energy.ansatz] if program.energy else program.runs
    if not circuits:
        return None
    drawn = [(title_of(circuit), svg(circuit, 960, MOST_ROWS)) for circuit in circuits[:MOST]]
    more = len(circuits) - MOST
    return stacked(drawn, f"and {more} circuit{'s' * (more > 1)} more" if more > 0 else "")


def of_result(result: Result) -> str:
    """The histogram of all qubits, and one of every register; these first if measurements before the end wrote them."""
    whole = [("all qubits", bars(result.final))]
    registers = [(f"register {one.name}", bars(one)) for one in by_register(result)[:MOST]]
    drawn = registers + whole if result.written else whole + registers
    return stacked(drawn) if len(drawn) > 1 else drawn[0][1]


def by_register(result: Result) -> list[Result]:
    """A result for each register separately."""
    parts = []
    for name, table in result.register_probabilities.items():
        names = tuple(result.register_order(name).split())
        counts = result.register_counts[name]
        alone = replace(result, name=name, qubits=len(names), counts=counts, probabilities=table, slots=(), names=names)
        alone = replace(alone, written=0)
        parts.append(alone)
    return parts


def spheres(circuit: FlatCircuit, width: int) -> SvgText:
    """The Bloch vector of each qubit at the end, at most `width` pixels wide."""
    from ionqdsl.simulation import simulate  # late: numpy

    return SvgText(bloch(simulate.bloch_vectors(circuit).tolist(), qubit_names(circuit), width))


def state_bars(circuit: FlatCircuit, width: int, most: int) -> SvgText:
    """The amplitudes of the final state, as bars of at most `most` basis states."""
    from ionqdsl.simulation import simulate  # late: numpy

    return SvgText(amplitudes(simulate.state(circuit).tolist(), qubit_names(circuit), width, most))
