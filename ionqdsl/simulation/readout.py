"""Readout errors: their calibration from two circuits, a file for it, and the correction of results.

Each qubit is taken to err by itself: with probability `flips[0]` a prepared 0 is read as 1, with `flips[1]` a prepared
1 as 0. So the distribution of the readout is M p, where M is the tensor product of a 2x2 matrix for each qubit (the
model "tensor product noise" of Bravyi et al., Phys. Rev. A 103, 042605 (2021)). The correction is the distribution p
that minimises |M p - f|^2 for the frequencies f, with p >= 0 and sum p = 1: Maciejewski et al., Quantum 4, 257 (2020).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ionqdsl.diagnostics import CompileError, Diagnostic, UsageError, fail
from ionqdsl.diagnostics.foreign import read_json
from ionqdsl.ir import files
from ionqdsl.ir.arguments import refused
from ionqdsl.language.includes import read_text

KIND = "ionqdsl readout calibration"
FORMAT_VERSION = 1

MOST_QUBITS = 20
"""Vectors of a million numbers, a few dozen times: seconds."""

PRECISE = 1e-12
"""The iteration ends when no probability moves by more."""

ROUNDS = 10_000

Vector = NDArray[Any]


@dataclass(frozen=True)
class Calibration:
    """The readout errors of a machine: for each qubit of a program (1 read for 0, 0 read for 1)."""

    flips: tuple[tuple[float, float], ...]
    backend: str = "local"
    shots: int | None = None
    noise: str | None = None

    def __repr__(self) -> str:
        worst = max((max(pair) for pair in self.flips), default=0.0)
        return f"<readout calibration of {len(self.flips)} qubits on {self.backend}: errors up to {worst:.3g}>"

    @property
    def matrix(self) -> Vector:
        """The matrices of the qubits, shape (qubits, 2, 2): column k is the distribution of the reading for k."""
        return np.array([[[1 - zero, one], [zero, 1 - one]] for zero, one in self.flips]).reshape(-1, 2, 2)

    def to_json(self) -> dict[str, Any]:
        """Plain data; probabilities are not rounded."""
        return {
            "kind": KIND,
            "format_version": FORMAT_VERSION,
            "backend": self.backend,
            "noise": self.noise,
            "shots": self.shots,
            "flips": [list(pair) for pair in self.flips],
        }

    @property
    def text(self) -> str:
        """The text of its file."""
        return json.dumps(self.to_json(), indent=1) + "\n"

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Calibration:
        """The calibration that was saved in a file. Raises UsageError."""
        if not isinstance(path, str | PathLike):
            raise refused("the path", "text or a path", path)
        try:
            return read(read_text(str(path)), str(path))
        except CompileError as error:
            raise UsageError(error.diagnostics) from None

    def save(self, path: str | PathLike[str]) -> None:
        """Writes it as JSON. Raises UsageError if that fails."""
        files.write(path, self.text)


class Reading(Protocol):
    """A result, its bit strings with q[0] leftmost."""

    @property
    def qubits(self) -> int:
        """The number of qubits."""

    @property
    def shots(self) -> int | None:
        """The number of shots, None for exact probabilities."""

    @property
    def counts(self) -> Mapping[str, int]:
        """Counts by bit string."""

    @property
    def probabilities(self) -> Mapping[str, float]:
        """Probabilities by bit string."""


def calibration_of(zeros: Reading, ones: Reading, backend: str = "local", noise: str | None = None) -> Calibration:
    """The calibration from the results of a circuit without gates and of one with an `x` on every qubit.

    Half a count is added to each outcome of a qubit, so that no error counts as impossible just because it was not
    seen (Jeffreys' prior); not to exact probabilities. Raises UsageError if a qubit is read wrong as often as right.
    """
    flips = []
    for qubit in range(zeros.qubits):
        pair = _share_of_ones(zeros, qubit), 1 - _share_of_ones(ones, qubit)
        if max(pair) >= 0.5:
            raise _no_calibration("this", f"qubit {qubit} was read wrong in {max(pair):.0%} of the shots")
        flips.append(pair)
    return Calibration(tuple(flips), backend, zeros.shots if zeros.counts else None, noise)


def _share_of_ones(result: Reading, qubit: int) -> float:
    if result.counts and result.shots:
        ones = sum(count for bits, count in result.counts.items() if bits[qubit] == "1")
        return (ones + 0.5) / (result.shots + 1)
    return sum(share for bits, share in result.probabilities.items() if bits[qubit] == "1")


def read(text: str, path: str) -> Calibration:
    """The calibration in a file's text. Raises UsageError (QC1184) for anything else."""
    try:
        content = read_json(text)
    except ValueError:
        raise _no_calibration(path, "it is not JSON") from None
    if not isinstance(content, Mapping) or content.get("kind") != KIND:
        raise _no_calibration(path, f'its `kind` is not "{KIND}"')
    if content.get("format_version") != FORMAT_VERSION:
        raise _no_calibration(path, f"its version is not {FORMAT_VERSION}")
    flips = content.get("flips")
    if not isinstance(flips, list) or not all(map(_is_pair, flips)):
        raise _no_calibration(path, "`flips` has to hold two probabilities below 0.5 for each qubit")
    backend, shots, noise = content.get("backend"), content.get("shots"), content.get("noise")
    return Calibration(
        tuple((float(zero), float(one)) for zero, one in flips),
        backend if isinstance(backend, str) else "?",
        shots if type(shots) is int else None,
        noise if isinstance(noise, str) else None,
    )


def _is_pair(pair: Any) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(share, int | float) and not isinstance(share, bool) and 0 <= share < 0.5 for share in pair)
    )


def _no_calibration(path: str, reason: str) -> UsageError:
    return UsageError([Diagnostic("QC1184", facts={"path": path, "reason": reason})])


# --- the correction --------------------------------------------------------------------------------------------------


def corrected(calibration: Calibration, shares: Mapping[str, float], name: str) -> Vector:
    """The corrected distribution, shape (2**qubits,), from shares by bit string with q[0] leftmost.

    `name` is the circuit's. Raises CompileError for too many qubits.
    """
    qubits = len(calibration.flips)
    if qubits > MOST_QUBITS:
        raise fail("QC1185", name=name, qubits=qubits, most=MOST_QUBITS)
    frequencies = np.zeros(2**qubits)
    for bits, share in shares.items():
        frequencies[int(bits or "0", 2)] = share
    return least_squares(calibration.matrix, frequencies)


def least_squares(matrices: Vector, frequencies: Vector) -> Vector:
    """The distribution p that minimises |M p - f|^2, by accelerated projected gradients (Beck and Teboulle 2009).

    M is the tensor product of `matrices`, shape (qubits, 2, 2). The problem is convex and M invertible, so there is one
    solution; if the plain inverse is a distribution, it is that.
    """
    inverse = _applied(np.linalg.inv(matrices), frequencies)
    if (inverse >= 0).all():
        return inverse
    transposed = matrices.transpose(0, 2, 1)
    step = 1 / float(np.prod([np.linalg.norm(matrix, 2) ** 2 for matrix in matrices]))
    current = ahead = on_simplex(inverse)
    weight = 1.0
    for _ in range(ROUNDS):
        slope = _applied(transposed, _applied(matrices, ahead) - frequencies)
        new = on_simplex(ahead - step * slope)
        heavier = (1 + (1 + 4 * weight**2) ** 0.5) / 2
        ahead = new + (weight - 1) / heavier * (new - current)
        moved = float(np.abs(new - current).max())
        current, weight = new, heavier
        if moved < PRECISE:
            break
    return current


def on_simplex(values: Vector) -> Vector:
    """The nearest distribution: Duchi et al., "Efficient projections onto the l1-ball", ICML 2008, figure 1."""
    ordered = np.sort(values)[::-1]
    surplus = (np.cumsum(ordered) - 1) / np.arange(1, len(values) + 1)
    last = int(np.flatnonzero(ordered > surplus)[-1])
    nearest: Vector = np.maximum(values - surplus[last], 0)
    return nearest


def _applied(matrices: Vector, vector: Vector) -> Vector:
    """A tensor product of 2x2 matrices times a vector whose index has q[0] as its most significant bit."""
    tensor = vector.reshape((2,) * len(matrices))
    for qubit, matrix in enumerate(matrices):
        tensor = np.moveaxis(np.tensordot(matrix, tensor, (1, qubit)), 0, qubit)
    result: Vector = tensor.reshape(-1)
    return result
