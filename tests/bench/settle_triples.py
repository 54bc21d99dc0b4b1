"""Settles forms of three-qubit unitaries: their axes and angles become numbers that a table can hold exactly.

Takes an instance of a structure and returns the text of a form as triples/forms.py has it. Frames of wires are free,
so the first axis of each becomes Z and the next one X, or between them. Solutions often form families: one value after
another is held at the nearest eighth of a turn where the others can follow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from ionqdsl.algebra.instantiation import PAIRS, Instance, product_of
from ionqdsl.passes.triples.exact_triples import PART
from ionqdsl.passes.triples.forms import LETTERS

NEAR = 1e-7
_SIGNED = {
    sign * value: letter if sign > 0 else letter.upper() for letter, value in LETTERS.items() for sign in (1, -1)
}
_SIGNED[0.0] = "o"


def canonical(instance: Instance) -> tuple[np.ndarray, np.ndarray]:
    """The axes (k, 2, 3) in frames of the wires in which the first is Z and the next one in the plane of X and Z."""
    axes = np.stack((instance.u, instance.v), axis=1)
    frames = []
    for wire in range(3):
        own = [axes[k, PAIRS[p].index(wire)] for k, p in enumerate(instance.structure) if wire in PAIRS[p]] or [
            np.eye(3)[2]
        ]
        z = own[0] / np.linalg.norm(own[0])
        across = [axis - z * (z @ axis) for axis in (*own, np.eye(3)[0], np.eye(3)[1])]
        x = next(axis for axis in across if np.linalg.norm(axis) > NEAR)
        x = x / np.linalg.norm(x)
        frames.append(np.array([x, np.cross(z, x), z]))
    for k, p in enumerate(instance.structure):
        for side, wire in enumerate(PAIRS[p]):
            axes[k, side] = frames[wire] @ axes[k, side]
    return axes, np.array(frames)


def text_of(structure: Sequence[int], axes: np.ndarray, angles: Sequence[float]) -> str | None:
    """The form as the table has it, None if a number has no letter or an angle is no multiple of a part."""
    parts = []
    for pair, (u, v), t in zip(structure, axes, angles, strict=True):
        letters = []
        for value in (*u, *v):
            best = min(_SIGNED, key=lambda known: abs(known - value))
            if abs(best - value) > NEAR:
                return None
            letters.append(_SIGNED[best])
        count = round(t / PART)
        if abs(t / PART - count) > 1e-5:
            return None
        parts.append(f"{pair}{''.join(letters)}{count}")
    return ",".join(parts)


def _directions(angles: np.ndarray) -> np.ndarray:
    theta, phi = angles[..., 0], angles[..., 1]
    return np.stack((np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)), axis=-1)


def _local(values: np.ndarray) -> np.ndarray:
    result = np.eye(1, dtype=complex)
    for x, y, z in values.reshape(3, 3):
        size = math.sqrt(x * x + y * y + z * z)
        s = math.sin(size) / size if size else 1.0
        c = math.cos(size)
        result = np.kron(result, np.array([[c - 1j * s * z, s * (-1j * x - y)], [s * (-1j * x + y), c + 1j * s * z]]))
    return result


class _Family:
    """The values of a form, flat: for each interaction theta and phi of u and of v, and its angle t; then turns."""

    def __init__(self, instance: Instance) -> None:
        axes, _ = canonical(instance)
        self.structure = instance.structure
        theta = np.arccos(np.clip(axes[..., 2], -1, 1))
        phi = np.where(np.hypot(axes[..., 0], axes[..., 1]) > NEAR, np.arctan2(axes[..., 1], axes[..., 0]), 0)
        angles = np.stack((theta, phi), axis=-1).reshape(-1, 4)
        self.values = np.concatenate((angles.ravel(), instance.t, np.zeros(19)))
        self.count = 5 * len(instance.t)
        self.unitary = self._product(self.values)
        self.held: dict[int, float] = {}
        for wire in range(3):  # the frames: the first axis is Z, and the next one has phi = 0
            own = [2 * k + PAIRS[p].index(wire) for k, p in enumerate(self.structure) if wire in PAIRS[p]]
            for k in own[:1]:
                self.held |= {2 * k: 0.0, 2 * k + 1: 0.0}
            off = [k for k in own if abs(math.sin(self.values[2 * k])) > 1e-5]
            for k in off[:1]:
                self.held[2 * k + 1] = self.values[2 * k + 1]

    def _axes(self, values: np.ndarray) -> np.ndarray:
        k = len(self.structure)
        return _directions(values[: 4 * k].reshape(k, 2, 2))

    def _product(self, values: np.ndarray) -> np.ndarray:
        k = len(self.structure)
        axes = self._axes(values)
        return product_of(self.structure, axes[:, 0].ravel(), axes[:, 1].ravel(), values[4 * k : 5 * k])

    def _solved(self, held: dict[int, float]) -> np.ndarray | None:
        free = [k for k in range(len(self.values)) if k not in held]

        def values_of(some: np.ndarray) -> np.ndarray:
            values = self.values.copy()
            values[[*held]] = [*held.values()]
            values[free] = some
            return values

        def missing(some: np.ndarray) -> np.ndarray:
            values = values_of(some)
            turns = values[-19:]
            whole = _local(turns[:9]) @ self._product(values) @ _local(turns[9:18]) * np.exp(1j * turns[18])
            difference = (whole - self.unitary).ravel()
            return np.concatenate((difference.real, difference.imag))

        found = least_squares(missing, self.values[free], max_nfev=30, xtol=1e-15, ftol=1e-15, gtol=1e-15)
        return values_of(found.x) if found.cost < 1e-22 else None

    def settled(self) -> str | None:
        """The text of a form in which as many values as possible are eighths of a turn."""
        k = len(self.structure)
        wanted = [*range(4 * k, 5 * k), *range(4 * k)]
        grid = np.where(np.arange(len(self.values)) < 4 * k, math.pi / 4, math.pi / 8)
        for place in sorted(wanted, key=lambda k: abs(self.values[k] / grid[k] - round(self.values[k] / grid[k]))):
            if place in self.held:
                continue
            held = {**self.held, place: round(self.values[place] / grid[place]) * grid[place]}
            values = self._solved(held)
            if values is not None:
                self.values, self.held = values, held
        return text_of(self.structure, self._axes(self.values), self.values[4 * k : 5 * k])


def form_of(instances: Sequence[Instance], most: int = 4) -> str | None:
    """The text of one of some instances, or of one that they lead to; None if none has one."""
    for instance in instances:
        text = text_of(instance.structure, canonical(instance)[0], instance.t)
        if text is not None:
            return text
    for instance in instances[:most]:
        found: Any = _Family(instance).settled()
        if found is not None:
            return str(found)
    return None
