"""The coefficients of the hydrogen molecule in the examples, from integrals over Gaussians.

Would catch a wrong or mistyped coefficient, basis set or distance. The formulas for s functions are those of A. Szabo
and N. Ostlund, Modern Quantum Chemistry, appendix A.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from by_hand import product

from ionqdsl import pipeline as stages

EXAMPLES = Path(__file__).parents[1] / "examples"
BOHR = 0.529177210903  # in angstrom, CODATA 2018

BASES = {
    "STO-3G": ([3.42525091, 0.62391373, 0.16885540], [0.15432897, 0.53532814, 0.44463454]),
    "STO-6G": (
        [35.52322122, 6.513143725, 1.822142904, 0.625955266, 0.243076747, 0.100112428],
        [0.00916359628, 0.04936149294, 0.1685383049, 0.3705627997, 0.4164915298, 0.1303340841],
    ),
}
"""Exponents and coefficients of hydrogen's 1s: Hehre, Stewart and Pople, J. Chem. Phys. 51 (1969) 2657."""


class Molecule(NamedTuple):
    """In hartree: the nuclei, an electron in the even and the odd orbital, and the integrals between two electrons."""

    nuclei: float
    even: float
    odd: float
    even_even: float
    odd_odd: float
    even_odd: float
    exchange: float


def _boys(t: np.ndarray) -> np.ndarray:
    """The integral of exp(-t x**2) over x from 0 to 1."""
    root = np.sqrt(np.maximum(t, 1e-12))
    return np.sqrt(np.pi) / 2 / root * np.vectorize(math.erf)(root)


def hydrogen(basis: str, angstrom: float) -> Molecule:
    """The integrals over (a + b) and (a - b), normalised, of the functions of the two nuclei."""
    exponents, weights = map(np.array, BASES[basis])
    factors = weights * (2 * exponents / np.pi) ** 0.75
    places = np.array([0, angstrom / BOHR])
    p = exponents[:, None] + exponents
    reduced = exponents[:, None] * exponents / p
    product = factors[:, None] * factors

    def pair(i: int, j: int) -> tuple[np.ndarray, np.ndarray]:
        """The overlaps of primitives at two places, with factors, and the centres of their products."""
        overlap = product * np.exp(-reduced * (places[i] - places[j]) ** 2)
        return overlap, (exponents[:, None] * places[i] + exponents * places[j]) / p

    overlap, one = np.zeros((2, 2)), np.zeros((2, 2))
    for i in range(2):
        for j in range(2):
            charge, centre = pair(i, j)
            overlaps = charge * (np.pi / p) ** 1.5
            overlap[i, j] = overlaps.sum()
            one[i, j] = (reduced * (3 - 2 * reduced * (places[i] - places[j]) ** 2) * overlaps).sum()
            for nucleus in places:
                one[i, j] -= (2 * np.pi / p * charge * _boys(p * (centre - nucleus) ** 2)).sum()
    two = np.zeros((2, 2, 2, 2))
    for i, j, k, m in np.ndindex(2, 2, 2, 2):
        (left, here), (right, there) = pair(i, j), pair(k, m)
        q, r = p[..., None, None], p
        apart = here[..., None, None] - there
        repulsion = 2 * np.pi**2.5 / (q * r * np.sqrt(q + r)) * _boys(q * r / (q + r) * apart**2)
        two[i, j, k, m] = (left[..., None, None] * right * repulsion).sum()
    even, odd = (np.array([1, sign]) / np.sqrt(2 + 2 * sign * overlap[0, 1]) for sign in (1, -1))

    def between(*orbitals: np.ndarray) -> float:
        return float(np.einsum("ijkl,i,j,k,l", two, *orbitals))

    return Molecule(
        1 / places[1],
        even @ one @ even,
        odd @ one @ odd,
        between(even, even, even, even),
        between(odd, odd, odd, odd),
        between(even, even, odd, odd),
        between(even, odd, even, odd),
    )


def _determinants(m: Molecule) -> tuple[float, float, float]:
    """The energies of two electrons in the even orbital, two in the odd one, and one in each with opposite spins."""
    return (
        m.nuclei + 2 * m.even + m.even_even,
        m.nuclei + 2 * m.odd + m.odd_odd,
        m.nuclei + m.even + m.odd + m.even_odd,
    )


def _terms(diagonal: dict[str, float]) -> dict[str, float]:
    """The coefficients of I, Z[0], Z[1] and Z[0]*Z[1] that give these energies to bit strings, q[0] first."""
    return {
        letters: sum(
            energy * math.prod(-1 for bit, letter in zip(bits, letters, strict=True) if bit == "1" and letter == "Z")
            for bits, energy in diagonal.items()
        )
        / 4
        for letters in ("II", "ZI", "IZ", "ZZ")
    }


def _written(name: str) -> dict[str, float]:
    """The coefficients of the energy of an example."""
    program = stages.load(stages.read(str(EXAMPLES / name)))[0]
    found = {}
    for letters_at, factor in program.energy.hamiltonian.terms:
        letters = {index: letter for letter, index in letters_at}
        found["".join(letters.get(k, "I") for k in range(2))] = float(factor)
    return found


def test_the_integrals_are_those_of_the_book() -> None:
    """Szabo and Ostlund, tables 3.5 and 3.6: H2 at 1.4 bohr in STO-3G, to the four digits printed."""
    m = hydrogen("STO-3G", 1.4 * BOHR)
    assert m[1:] == pytest.approx((-1.2528, -0.4756, 0.6746, 0.6975, 0.6636, 0.1813), abs=1e-4)


@pytest.mark.parametrize("name", ["vqe.qc", "programs/h2_energy.qc"])
def test_coefficients_of_the_published_experiment(name: str) -> None:
    """O'Malley et al. round to four digits. The states 00 and 11 are no electrons and four."""
    m = hydrogen("STO-6G", 0.75)
    even, odd, _ = _determinants(m)
    full = m.nuclei + 2 * (m.even + m.odd) + m.even_even + m.odd_odd + 4 * m.even_odd - 2 * m.exchange
    want = _terms({"00": m.nuclei, "10": even, "01": odd, "11": full}) | {"XX": m.exchange / 2, "YY": m.exchange / 2}
    found = _written(name)
    assert found.keys() == want.keys()
    for letters, coefficient in want.items():
        assert found[letters] == pytest.approx(coefficient, abs=6e-5), letters


def test_coefficients_of_the_parity_mapping() -> None:
    """The states 00 and 11 have an electron in each orbital."""
    m = hydrogen("STO-3G", 0.735)
    even, odd, mixed = _determinants(m)
    want = _terms({"00": mixed, "10": even, "01": odd, "11": mixed}) | {"XX": m.exchange}
    found = _written("h2.qc")
    assert found.keys() == want.keys()
    for letters, coefficient in want.items():
        assert found[letters] == pytest.approx(coefficient, abs=2e-6), letters


def test_the_lowest_energy_is_the_one_stated() -> None:
    for basis, angstrom, stated in (("STO-3G", 0.735, -1.1373), ("STO-6G", 0.75, -1.1457)):
        m = hydrogen(basis, angstrom)
        even, odd, _ = _determinants(m)
        assert np.linalg.eigvalsh([[even, m.exchange], [m.exchange, odd]])[0] == pytest.approx(stated, abs=5e-5)


def test_the_file_of_lithium_hydride_has_the_energy_it_states() -> None:
    """An eigenvalue of the whole matrix, and the energy of the determinant of the molecular orbitals."""
    data = json.loads((EXAMPLES / "programs" / "lih.json").read_text("utf-8"))
    matrix = sum(coefficient * product(word) for coefficient, word in data["terms"])
    assert np.linalg.eigvalsh(matrix)[0] == pytest.approx(data["ground"], abs=1e-10)
    assert matrix[0b1100, 0b1100].real == pytest.approx(-7.8625678, abs=1e-6)  # Hartree-Fock's, by PySCF 2.14
