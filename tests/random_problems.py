"""Random problems of Pauli synthesis: strings, a Clifford, styles and bounds, as the solvers take them."""

from __future__ import annotations

import random
from math import pi

from ionqdsl.algebra.paulis import Folded, PauliProgram, fold
from ionqdsl.passes.rotations.pauli_problems import PauliProblem, Style
from ionqdsl.passes.rotations.synthesise_paulis import _packed
from ionqdsl.passes.rotations.windows import random_style

STYLES = [
    Style(),
    Style(0.2, 0.3, 0.03),
    Style(0.7, 0.0, 0.0, -0.05),
    Style(0.5, 0.1, 0.0, 0.1),
    Style(0.4, chance=0.7),
]


def random_folded(draw: random.Random, width: int, count: int, letters: int) -> Folded:
    """So many rotations of at most so many letters, a third of them Clifford, and a permutation, folded."""
    rotations = []
    for _ in range(count):
        x = z = 0
        for wire in draw.sample(range(width), draw.randint(1, min(width, letters))):
            letter = draw.randrange(3)
            x, z = x | (letter < 2) << wire, z | (letter > 0) << wire
        rotations.append((x, z, draw.choice([0.3, -0.4, pi / 2])))
    outputs = draw.sample(range(width), width)
    return fold(PauliProgram(width, rotations, tuple(outputs)))


def problems_of(draw: random.Random, folded: Folded, count: int = 3) -> list[PauliProblem]:
    """The same rotations in several styles, some with a bound that may be too low."""
    rows = _packed(folded)
    bounds = [10**6, draw.randrange(40), 10**6]
    styles = [draw.choice([*STYLES, random_style(draw)]) for _ in range(count)]
    return [
        PauliProblem(folded.width, *rows, style.weights, bounds[k % 3], draw.getrandbits(64))
        for k, style in enumerate(styles)
    ]
