"""Writes solutions of Pauli problems as interaction forms by the compiled kernel, without a program in between.

Takes folded rotations by numbers and a solution of them or of their inverse, and returns all that a comparison of tries
asks for: `Try` of try_styles.py has the same by way of a program, and explains each part.
"""

from __future__ import annotations

from typing import NamedTuple

from ionqdsl.algebra import compiled
from ionqdsl.algebra.interactions import Interactions
from ionqdsl.algebra.numeric_forms import LIMITS, form_of_arrays
from ionqdsl.algebra.paulis import Folded
from ionqdsl.passes.rotations.pauli_problems import PauliSolution
from ionqdsl.passes.rotations.synthesise_paulis import packed_cliffords


class SolutionForm(NamedTuple):
    """The wire on which each qubit is read, the strings on two wires, how many of them no measurement sees, and the
    interaction form without its permutation of the wires.
    """

    outputs: tuple[int, ...]
    strings: bytes
    unseen: int
    form: Interactions


def form_of_solution(folded: Folded, angles: bytes, solution: PauliSolution, is_inverse: bool) -> SolutionForm:
    """The form of a solution of these rotations, whose angles these are, or of its inverse."""
    steps = solution.events, solution.moves, solution.qubits
    given = folded.width, *steps, angles, packed_cliffords(), is_inverse, LIMITS, folded.neglected
    outputs, strings, unseen, arrays = compiled.kernel.solution_form(*given)
    wires = tuple(memoryview(outputs).cast("i"))
    return SolutionForm(wires, strings, unseen, form_of_arrays(folded.width, *arrays))
