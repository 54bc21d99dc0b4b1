"""Groups the terms of a sum of Pauli products by the basis they are measured in.

Takes an operator and the number of qubits, and returns groups whose terms commute: each with the gates that turn all of
them into products of Z, and with those products. Terms that differ in no letter on a shared qubit need one-qubit gates
alone; others that commute need two-qubit gates as well, and are measured together only where that costs less in all.

Sources: sorted insertion, Crawford et al., Quantum 5, 385 (2021); diagonalisation of commuting products, van den Berg
and Temme, Quantum 4, 322 (2020).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ionqdsl.algebra.paulis import anticommute
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op, Operator
from ionqdsl.ir.operators import Masks, Product, masks
from ionqdsl.record import record

Term = tuple[Product, float]
"""A product of letters and its coefficient."""


@record
class TermGroup:
    """Terms that are measured together.

    `rows` are the gates after which every term is a product of Z, and `diagonal` is the sum of those products, with the
    signs that the gates give them. `basis` has the letter that each qubit is measured in, q[0] leftmost, or is None if
    the basis is entangled.
    """

    terms: tuple[Term, ...]
    rows: tuple[Op, ...]
    diagonal: Operator
    basis: str | None

    @property
    def two_qubit_gates(self) -> int:
        """The two-qubit gates of the change of basis."""
        return sum(len(op.qubits) == 2 for op in self.rows)

    @property
    def spread(self) -> float:
        """The standard deviation of one measurement, averaged over all states: the root of the sum of squares."""
        return math.sqrt(math.fsum(factor * factor for _, factor in self.terms))


def identity_of(operator: Operator) -> float:
    """The coefficient of the identity, which needs no measurement."""
    return math.fsum(float(factor) for product, factor in operator.terms if not product)


def grouped(operator: Operator, qubits: int, gates: int) -> tuple[TermGroup, ...]:
    """The groups of an operator's terms, without the identity; the first has all products of Z, if there are any.

    `gates` is the number of two-qubit gates before the measurement. A group that takes shots with a standard deviation
    s from circuits of g such gates costs, at its best share of the shots, s sqrt(g), and the whole the square of the
    sum: the cheaper of both groupings is returned, and the one without entangled bases if they cost the same.
    """
    apart = qubitwise(operator, qubits)
    together = _gathered(_terms(operator), _commute)
    if len(together) >= len(apart):
        return apart
    entangled = tuple(sorted((_entangled(terms, qubits) for terms in together), key=lambda one: one.basis is None))
    return min(apart, entangled, key=lambda groups: _price(groups, gates))


def qubitwise(operator: Operator, qubits: int) -> tuple[TermGroup, ...]:
    """Groups that need one-qubit gates alone, the first of all products of Z."""
    terms = _terms(operator)
    diagonal = [term for term in terms if all(letter == "Z" for letter, _ in term[0])]
    others = [term for term in terms if any(letter != "Z" for letter, _ in term[0])]
    groups = [diagonal] if diagonal else []
    return tuple(_product_group(chosen, qubits) for chosen in (*groups, *_gathered(others, _agree)))


def diagonal_group(qubits: int) -> TermGroup:
    """A group without terms, measured in the Z basis."""
    return _product_group((), qubits)


def turned(basis: str) -> tuple[Op, ...]:
    """The gates before a measurement in the Z basis that make it one in these letters, one for each qubit."""
    rows: list[Op] = []
    for qubit, letter in enumerate(basis):
        if letter == "Y":
            rows.append(Op("si", (qubit,)))
        if letter in "XY":
            rows.append(Op("h", (qubit,)))
    return tuple(rows)


def measured_in(circuit: FlatCircuit, rows: Sequence[Op]) -> FlatCircuit:
    """The circuit with gates at its end that change the basis.

    Native gates become a verbatim block of an abstract circuit.
    """
    own = list(circuit.rows)
    if circuit.gateset == "native" and rows:
        block = 1 + max((op.pinned for op in own), default=0)
        own = [op if op.pinned or op.gate == BARRIER else op._replace(pinned=block) for op in own]
    gateset = "qis" if rows else circuit.gateset
    origins = [*circuit.origins, *[None] * len(rows)]
    return circuit.replace(rows=[*own, *rows], origins=origins, gateset=gateset)


def _price(groups: Sequence[TermGroup], gates: int) -> float:
    return math.fsum(group.spread * math.sqrt(max(1, gates + group.two_qubit_gates)) for group in groups)


def _terms(operator: Operator) -> list[Term]:
    """The terms, large coefficients first; the identity and zeros left out."""
    terms = [(product, float(factor)) for product, factor in operator.terms if product and factor]
    return sorted(terms, key=lambda term: (-abs(term[1]), term[0]))


def _gathered(terms: Sequence[Term], fits: Callable[[Masks, Masks], bool]) -> list[list[Term]]:
    """Each term in the first group of which it fits every term."""
    groups: list[tuple[list[Term], list[Masks]]] = []
    for term in terms:
        own = masks(term[0])
        for members, others in groups:
            if all(fits(own, other) for other in others):
                members.append(term)
                others.append(own)
                break
        else:
            groups.append(([term], [own]))
    return [members for members, _ in groups]


def _commute(one: Masks, other: Masks) -> bool:
    return not anticommute(*one, *other)


def _agree(one: Masks, other: Masks) -> bool:
    """Whether no qubit has different letters."""
    shared = (one[0] | one[1]) & (other[0] | other[1])
    return not ((one[0] ^ other[0]) | (one[1] ^ other[1])) & shared


def _product_group(terms: Sequence[Term], qubits: int) -> TermGroup:
    letters = {qubit: letter for product, _ in terms for letter, qubit in product}
    basis = "".join(letters.get(qubit, "Z") for qubit in range(qubits))
    diagonal = Operator(tuple((tuple(("Z", qubit) for _, qubit in product), factor) for product, factor in terms))
    return TermGroup(tuple(terms), turned(basis), diagonal, basis)


def _entangled(terms: Sequence[Term], qubits: int) -> TermGroup:
    """The group of commuting terms, without two-qubit gates if no qubit has different letters."""
    letters = [masks(product) for product, _ in terms]
    if all(_agree(one, other) for one in letters for other in letters):
        return _product_group(terms, qubits)
    rows, signed = diagonalised(letters)
    sums = tuple(
        (tuple(("Z", qubit) for qubit in range(qubits) if z >> qubit & 1), -factor if is_negative else factor)
        for (z, is_negative), (_, factor) in zip(signed, terms, strict=True)
    )
    return TermGroup(tuple(terms), rows, Operator(sums), None)


def diagonalised(products: Sequence[Masks]) -> tuple[tuple[Op, ...], list[tuple[int, bool]]]:
    """Clifford gates that turn commuting products into products of Z: the gates, and each product's mask and sign.

    The product with the fewest letters becomes X on one of its qubits, by a two-qubit gate for each of the others, and
    then Z by an h. All others commute with it, so they have no X or Y there any more: at most one round for each qubit.
    """
    images = [(x, z, False) for x, z in products]
    rows: list[Op] = []

    def do(gate: str, *qubits: int) -> None:
        rows.append(Op(gate, qubits) if gate != "cz" else Op("z", qubits, controls=1))
        images[:] = [_conjugated(image, gate, *qubits) for image in images]

    while open_ones := [number for number, (x, _, _) in enumerate(images) if x]:
        number = min(open_ones, key=lambda one: ((images[one][0] | images[one][1]).bit_count(), one))
        x, z, _ = images[number]
        for qubit in _bits(x & z):
            do("si", qubit)
        pivot, *others = _bits(x)
        for qubit in others:
            do("cnot", pivot, qubit)
        for qubit in _bits(images[number][1]):
            if qubit == pivot:
                do("si", qubit)
            else:
                do("cz", pivot, qubit)
        do("h", pivot)
    return tuple(rows), [(z, is_negative) for _, z, is_negative in images]


def _bits(mask: int) -> list[int]:
    return [place for place in range(mask.bit_length()) if mask >> place & 1]


def _conjugated(image: tuple[int, int, bool], gate: str, *qubits: int) -> tuple[int, int, bool]:
    """A signed product P after a gate U: U P U+. Aaronson and Gottesman, Phys. Rev. A 70, 052328 (2004)."""
    x, z, sign = image
    a, b = qubits[0], qubits[-1]
    xa, za, xb, zb = x >> a & 1, z >> a & 1, x >> b & 1, z >> b & 1
    if gate == "h":
        if xa != za:
            x, z = x ^ 1 << a, z ^ 1 << a
        return x, z, sign ^ bool(xa & za)
    if gate == "si":
        return x, z ^ xa << a, sign ^ bool(xa and not za)
    if gate == "cnot":
        return x ^ xa << b, z ^ zb << a, sign ^ bool(xa and zb and xb == za)
    return x, z ^ xb << a ^ xa << b, sign ^ bool(xa and xb and za != zb)
