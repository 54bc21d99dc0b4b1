"""The gates of the standard library under modifiers, at odd sizes and on the same qubits twice.

Would catch a gate whose controlled form, inverse or power is another one, and a size that ends in a traceback or in
a message about the inside of the library.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from reading import circuit, codes, same

from ionqdsl.simulation import simulate

sys.path.append(str(Path(__file__).parents[1] / "generate"))
import library

CALLS = [
    (path.stem, call, declared)
    for path in library.library()
    for call, declared, _ in library.COST.findall(path.read_text("utf-8"))
]
MODIFIED_QUBITS = 4
"""Larger examples are left out where matrices are compared."""


def _width(declared: str) -> int:
    sizes = re.findall(r"\w+(?:\[(\d+)\])?", declared.removeprefix("qubit "))
    return sum(int(size or 1) for size in sizes)


def _split(call: str) -> tuple[str, str]:
    """The name with its arguments, and the operands."""
    end = call.rfind(") ") + 1 or call.index(" ")
    return call[:end], call[end:].strip()


@pytest.mark.parametrize(("file", "call", "declared"), [case for case in CALLS if _width(case[2]) <= MODIFIED_QUBITS])
def test_modifiers_control_undo_and_repeat(file: str, call: str, declared: str) -> None:
    head = f'include "std/{file}.qc"\n'
    name, operands = _split(call)

    def matrix(statements: str) -> np.ndarray:
        return np.asarray(simulate.unitary(circuit(f"{head}{statements}\n")))

    plain = matrix(f"{declared}\n{call}")
    size = len(plain)
    controlled = matrix(f"qubit control\n{declared}\nctrl @ {name} control, {operands}")
    assert same(controlled[:size, :size], np.eye(size), 1e-9)
    assert same(controlled[size:, size:], plain, 1e-9)
    assert same(matrix(f"{declared}\ninv @ {call}"), plain.conj().T, 1e-9)
    assert same(matrix(f"{declared}\npow(2) @ {call}"), plain @ plain, 1e-9)


@pytest.mark.parametrize(("file", "call", "declared"), CALLS)
def test_registers_of_other_sizes_work_or_are_refused_with_a_reason(file: str, call: str, declared: str) -> None:
    """By the gate's own assertion, or by the lengths that its first line asks for."""
    for size in (0, 1, 3, 5):
        registers = ["qubit spare[1]"]
        for name, had in re.findall(r"(\w+)(?:\[(\d+)\])?(?:,|$)", declared.removeprefix("qubit ")):
            registers.append(
                f"qubit {name}[{size}]" if had and size else f"let {name} = spare[0:0]" if had else f"qubit {name}"
            )
        found = codes("\n".join([f'include "std/{file}.qc"', *registers, call, ""]))
        assert set(found) <= {"QC0236", "QC0346", "QC0409"}, (size, found)


@pytest.mark.parametrize(("file", "call", "declared"), [case for case in CALLS if "," in _split(case[1])[1]])
def test_a_qubit_given_twice_is_refused(file: str, call: str, declared: str) -> None:
    name, operands = _split(call)
    first, *others = operands.split(", ")
    sizes = dict(re.findall(r"(\w+)(?:\[(\d+)\])?(?:,|$)", declared.removeprefix("qubit ")))
    longest = max(int(size or 0) for size in sizes.values()) or 1
    places = [f"all[0:{sizes[one]}]" if sizes[one] else "all[0]" for one in (first, *others)]
    assert codes(f'include "std/{file}.qc"\nqubit all[{longest}]\n{name} {", ".join(places)}\n') == ["QC0209"]
