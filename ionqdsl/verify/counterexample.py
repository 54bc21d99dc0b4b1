"""Finds an input that two circuits treat differently, by simulating both again, and shows it.

Takes a verdict and its two circuits and returns the verdict with a `Counterexample`, or "not known" if it rests only on
a difference that no input shows. It relies on statevector.py alone: neither on the matching of rotations nor on the
report of another program. Inputs are products of |0>, |1>, |+> and |i>, which tell any two circuits apart.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_inputs, fixes_phases
from ionqdsl.ir.symbols import value
from ionqdsl.record import changed
from ionqdsl.verify import UNITARY_QUBITS, Verdict
from ionqdsl.verify.alignment import on_active
from ionqdsl.verify.criterion import contract
from ionqdsl.verify.findings import SHOWN, Counterexample
from ionqdsl.verify.sampling import SamplePoint, bound

WIDEST = 22
"""Most qubits for trying whole states; above, single qubits with few others in their past."""

PLAIN = 0.1
"""A difference large enough to end the search for a larger one."""


WORK = 1 << 30
"""Most amplitudes times rows to compute."""

_RANDOM = 16
_BATCH = 1 << 18
"""Amplitudes of the states that are simulated together."""


def replayed(verdict: Verdict, a: FlatCircuit, b: FlatCircuit, preserve: str) -> Verdict:
    """The verdict with an example of a difference; not known if it needs one and none was found.

    It needs one if it rests on a number near to rounding or on another program's answer. Rows matched one by one prove
    a difference by themselves, even if no input can be simulated.
    """
    if verdict.equal is not False or verdict.method in ("width", "inputs"):
        return verdict
    preserve = contract(preserve, a, b)
    if preserve == "registers" or a.is_dynamic or b.is_dynamic:
        return _of_branches(verdict, a, b, preserve)
    example = counterexample(a, b, preserve, verdict.values or {})
    if example is not None:
        unchecked = "" if verdict.method == "external" else verdict.unchecked
        return changed(verdict, example=example, unchecked=unchecked)
    if verdict.method == "external":
        reason = f"a difference {verdict.checked}, which no input that was tried here shows"
    elif verdict.method in ("unitary", "distribution"):
        reason = f"a difference of {verdict.deviation:.1e}, which no input that was tried shows"
    else:
        return verdict
    return changed(verdict, equal=None, unchecked=reason)


def _of_branches(verdict: Verdict, a: FlatCircuit, b: FlatCircuit, preserve: str) -> Verdict:
    """The same for circuits that measure before the end, whose verdicts are exact: an example only illustrates them."""
    from ionqdsl.verify.dynamic import example

    numbers = verdict.values or {}
    shown = {name: float(number) for name, number in numbers.items()}
    return changed(verdict, example=example(_at(a, numbers), _at(b, numbers), preserve, shown))


def counterexample(
    a: FlatCircuit, b: FlatCircuit, preserve: str, values: Mapping[str, Fraction]
) -> Counterexample | None:
    """The first input with a plain difference, or else the one with the largest; None if none shows.

    `values` are those of the parameters. Under `unitary` the final states count too; under `outcomes` only |0...0> is
    tried.
    """
    one, other, used = on_active(_at(a, values), _at(b, values))
    best = _search(one, other, preserve, random.Random(0))
    if best is None or a.width != b.width:
        return None
    letters, outcome = ["0"] * a.width, ["0" if best.outcome.count(".") == 0 else "."] * a.width
    for qubit, letter, bit in zip(used, best.input, best.outcome, strict=True):
        letters[qubit], outcome[qubit] = letter, bit
    shown = {name: float(number) for name, number in values.items()}
    return changed(best, input="".join(letters), outcome="".join(outcome), values=shown)


def _at(circuit: FlatCircuit, values: Mapping[str, Fraction]) -> FlatCircuit:
    return bound(circuit, SamplePoint(values, {symbol: value(symbol, values) for symbol in circuit.symbols}))


def _search(a: FlatCircuit, b: FlatCircuit, preserve: str, generator: random.Random) -> Counterexample | None:
    if not a.width:
        return None
    rows = max(1, len(a) + len(b))
    most = WORK // (rows << a.width)
    if a.width > WIDEST or not most:
        return _single_qubits(a, b, preserve, generator)
    zeros = "0" * a.width
    best = _best(a, b, preserve, [zeros], None)
    at_zeros = best.distance if best and not fixes_phases(preserve) else None
    if preserve != "outcomes" and (best is None or best.distance <= PLAIN):
        starts = [*_starts(a.width, generator)]
        if most < len(starts):  # those with the largest difference
            starts = [*starts[-_RANDOM:], *starts[:-_RANDOM]][:most]
        best = _best(a, b, preserve, starts, best)
        if a.width <= UNITARY_QUBITS and (best is None or best.distance <= PLAIN):
            best = _best(a, b, preserve, _pointed(a, b, preserve)[:most], best)
    if best is None or best.distance <= SHOWN:
        return None
    return changed(best, at_zeros=at_zeros)


def _starts(width: int, generator: random.Random) -> Iterator[str]:
    zeros = "0" * width
    for letter in "1+i":
        yield from (zeros[:qubit] + letter + zeros[qubit + 1 :] for qubit in range(width))
    yield "+" * width
    for _ in range(_RANDOM):
        yield "".join(generator.choices("01+i", k=width))


def _pointed(a: FlatCircuit, b: FlatCircuit, preserve: str) -> list[str]:
    """Inputs around the basis state that the two matrices treat most differently: itself, and with some bits open."""
    import numpy as np

    from ionqdsl.verify.simulated import differences

    width = a.width
    bits = format(int(np.argmax(differences(a, b, preserve))), f"0{width}b")

    def opened(letters: str, *places: int) -> str:
        return "".join(letters[places.index(place)] if place in places else bit for place, bit in enumerate(bits))

    inputs = [bits, *(opened(letter, place) for letter in "+i" for place in range(width))]
    pairs = [(place, other) for place in range(width) for other in range(place)]
    return [*inputs, *(opened(letters, *pair) for letters in ("++", "+i", "ii") for pair in pairs)]


def _best(
    a: FlatCircuit, b: FlatCircuit, preserve: str, starts: Sequence[str], best: Counterexample | None
) -> Counterexample | None:
    """The input with the largest difference, or the first with a plain one; `best` is the best of earlier calls."""
    import numpy as np

    from ionqdsl.simulation.statevector import evolve

    step = max(1, _BATCH >> a.width)
    for first in range(0, len(starts), step):
        letters = starts[first : first + step]
        states = np.stack([_product(start) for start in letters])
        finals = states.copy(), states
        for circuit, final in zip((a, b), finals, strict=True):
            evolve(final, circuit.rows)
        for start, one, other in zip(letters, *finals, strict=True):
            candidate = _compared(start, one, other, preserve)
            if best is None or candidate.distance > best.distance:
                best = candidate
            if best.distance > PLAIN:
                return best
    return best


def _product(letters: str) -> Any:
    import numpy as np

    half = 0.5**0.5
    factors = {"0": (1, 0), "1": (0, 1), "+": (half, half), "i": (half, 1j * half)}
    state: Any = np.ones(1, dtype=np.complex128)
    for letter in letters:
        state = np.kron(state, np.array(factors[letter], dtype=np.complex128))
    return state


def _compared(start: str, one: Any, other: Any, preserve: str) -> Counterexample:
    import numpy as np

    shares = np.abs(one) ** 2, np.abs(other) ** 2
    gaps = np.abs(shares[0] - shares[1])
    place, distance = int(gaps.argmax()), float(gaps.sum()) / 2
    product = np.vdot(one, other)
    if fixes_phases(preserve):
        phase = product / abs(product) if abs(product) > SHOWN else 1
        distance = max(distance, float(np.linalg.norm(other - phase * one)))
    probabilities_at = float(shares[0][place]), float(shares[1][place])
    return Counterexample(
        start, format(place, f"0{len(start)}b"), probabilities_at, float(abs(product)) ** 2, {}, distance
    )


def _single_qubits(a: FlatCircuit, b: FlatCircuit, preserve: str, generator: random.Random) -> Counterexample | None:
    """An outcome of one qubit of wide circuits, if few others are in its past."""
    from ionqdsl.verify.simulated import PREPARED, marginal

    starts = ["0" * a.width]
    if fixes_inputs(preserve):
        starts += ["".join(generator.choices("01+i", k=a.width)) for _ in range(2)]
    best = None
    for start in starts:
        angles = [PREPARED[letter] for letter in start]
        for qubit in range(a.width):
            marginals = [marginal(circuit, angles, qubit) for circuit in (a, b)]
            if marginals[0] is None or marginals[1] is None:
                continue
            gap = abs(marginals[0] - marginals[1])
            if gap > max(SHOWN, best.distance if best else 0):
                outcome = "." * qubit + "1" + "." * (a.width - qubit - 1)
                best = Counterexample(start, outcome, (marginals[0], marginals[1]), None, {}, gap)
    return best
