"""Checks that a circuit is well formed, and whether two circuits mean the same.

Takes a circuit and a target and returns a list of faults (`invariants`), or takes two circuits and a contract and
returns a `Verdict` that says how much was checked (`equivalent`). Small circuits are simulated. Wide ones are
compared rotation by rotation, which proves equality or difference, or else by the strings of their rotations and by
sums over paths, which prove equality; if all get stuck, an external checker is asked, if one is installed. Nothing is
repaired.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from ionqdsl.garbage import uncollected
from ionqdsl.ir.angle import ZERO
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_inputs, fixes_phases, holds_for_all_inputs
from ionqdsl.ir.unwinding import unwound
from ionqdsl.record import changed
from ionqdsl.verify.alignment import active, aligned
from ionqdsl.verify.comparison import STATE_QUBITS, UNITARY_QUBITS, verdict_of
from ionqdsl.verify.criterion import TOLERANCE, Criterion, contract
from ionqdsl.verify.findings import Verdict
from ionqdsl.verify.invariants import in_range, invariants, takes_angle
from ionqdsl.verify.sampling import SamplePoint, bound, sampled
from ionqdsl.verify.ways import Ways, by_ways

__all__ = [
    "STATE_QUBITS",
    "TOLERANCE",
    "UNITARY_QUBITS",
    "Verdict",
    "equivalent",
    "in_range",
    "invariants",
    "takes_angle",
]


@uncollected()
def equivalent(
    a: FlatCircuit,
    b: FlatCircuit,
    preserve: str = "unitary",
    seed: int = 0,
    inputs: Sequence[int] | None = None,
    allowed: float = 0.0,
    tolerance: float = TOLERANCE,
    via: Ways = tuple,
) -> Verdict:
    """Whether `b` does the same as `a` under one of the contracts.

    `unitary`: the same matrix up to a global phase. `permuted`: also up to a permutation of the inputs: `inputs[q]` is
    the qubit of `a` whose input qubit q of `b` takes. `measurement`: also up to a diagonal at the very end. Without
    `inputs` the permutation noted in the circuits by compilation is tried, the identity, a guess for wide circuits and,
    if whole matrices are compared, the relabellings they point to; if none is found, the result from |0...0>, which no
    relabelling changes, may prove a difference. `outcomes`: that distribution. `registers`: the outcomes
    of registers from |0...0>, by name; without registers, all qubits. For circuits that measure or reset early see
    `dynamic.judged`. Parameters without values get sample values, and expressions follow from them: equality at every
    sampled point is no proof for all others. Other circuits left undecided, or decided by random states alone, go to
    mqt.qcec if it is installed, for some seconds. Before that they are compared by way of the circuits of `via`, with
    the inputs of `a`: each step must be proven by itself.

    `allowed` is the error in the operator norm that an approximation may have. `deviation` is then the root of the mean
    square over the states, which the operator norm bounds whatever phases are removed; the distance of pure states
    bounds the total variation too. `tolerance` is the deviation that counts as rounding.
    """
    criterion = Criterion(contract(preserve, a, b), seed, allowed, tolerance)
    if a.width != b.width and criterion.preserve != "registers":
        return Verdict(False, "width", f"{a.width} qubits against {b.width}")
    one, other = (unwound(circuit, also_pinned=True).replace(phase=ZERO) for circuit in (a, b))
    symbols = tuple(dict.fromkeys((*one.symbols, *other.symbols)))
    if not symbols:
        return _numeric(one, other, criterion, inputs, via)
    points = sampled(symbols, len(a) + len(b), seed)
    if not points:
        return Verdict(None, "none", "nothing", "no values of the parameters give every expression one")
    seen: list[Verdict] = []
    for point in points:
        pair = bound(one, point), bound(other, point)
        verdict = _numeric(*pair, criterion, inputs, partial(_bound_ways, via, point))
        if not verdict.equal:
            return changed(verdict, values=point.values if verdict.equal is False else None)
        seen.append(verdict)
        if verdict.method == "external":
            break  # another half minute per point
    least = max(seen, key=lambda verdict: verdict.deviation)
    left = f"values of the parameters other than {len(seen)} sampled one{'s' * (len(seen) > 1)}"
    return changed(least, unchecked=_joined(least.unchecked, left))


def _bound_ways(via: Ways, point: SamplePoint) -> Iterator[Sequence[FlatCircuit]]:
    for way in via():
        yield [bound(circuit, point) for circuit in way]


def _numeric(a: FlatCircuit, b: FlatCircuit, criterion: Criterion, inputs: Sequence[int] | None, via: Ways) -> Verdict:
    """The verdict on circuits without parameters."""
    preserve, allowed = criterion.preserve, criterion.allowed
    if preserve == "registers" or a.is_dynamic or b.is_dynamic:
        from ionqdsl.verify.dynamic import judged

        return judged(a, b, preserve, criterion.seed, inputs, criterion.limit)
    if inputs is not None or fixes_inputs(preserve) or not holds_for_all_inputs(preserve):
        has_ways = via is not tuple and not allowed
        verdict = verdict_of(a, b, changed(criterion, is_strict=has_ways), inputs)
        if has_ways and not verdict.is_proven:
            verdict = by_ways(a, b, criterion, inputs, via) or verdict_of(a, b, criterion, inputs, failed=verdict)
        return verdict if allowed else _seconded(verdict, a, b, criterion)
    verdicts = []
    for permutation in _permutations(a, b):
        verdict = verdict_of(a, b, criterion, permutation)
        if permutation is None and verdict.method == "unitary" and verdict.equal is not None:
            return verdict
        verdicts.append(verdict)
        if verdict.equal:
            break
    else:
        seen = _from_zeros(a, b, criterion)
        if seen.equal is False:
            return seen
    most_open = max(verdicts, key=lambda verdict: (verdict.equal is True, verdict.equal is None))
    verdict = most_open if allowed else _seconded(most_open, a, b, criterion)
    if verdict.equal:
        return verdict
    unchecked = "relabellings of the |0> inputs that nobody has noted"
    if verdict.method == "external":  # a difference, with this permutation
        unchecked = f"{unchecked}; the circuits differ without, {verdict.checked}"
        verdict = most_open
    return changed(verdict, equal=None, unchecked=_joined(verdict.unchecked, unchecked))


def _from_zeros(a: FlatCircuit, b: FlatCircuit, criterion: Criterion) -> Verdict:
    """The verdict on both from |0...0> alone, whatever their permutations of the inputs."""
    if fixes_phases(criterion.preserve) and len(active(a, b)) <= STATE_QUBITS:
        from ionqdsl.verify.simulated import distance_from_zeros

        one, other, names = aligned(a, b, None)
        deviation = distance_from_zeros(one, other)
        return Verdict(deviation < criterion.limit, "state", "the state from |0...0>", "", deviation, names)
    return verdict_of(a, b, changed(criterion, preserve="outcomes"), None)


def _permutations(a: FlatCircuit, b: FlatCircuit) -> Iterator[tuple[int, ...] | None]:
    """Permutations of the inputs worth trying, each once: the noted ones, which may be wrong, none, and a guess.

    None comes before a guess if that cannot take long: a small circuit, or one with the same interactions in order.
    """
    plain = tuple(range(a.width))
    noted = [
        permutation if permutation and sorted(permutation) == [*plain] else None for permutation in (a.inputs, b.inputs)
    ]
    tried: set[tuple[int, ...]] = set()
    if noted != [None, None]:
        first, second = (permutation or plain for permutation in noted)
        places = sorted(plain, key=first.__getitem__)
        tried.add(tuple([places[qubit] for qubit in second]))  # both come from one program, or one is the program
        yield from tried
    from ionqdsl.verify.guesses import guesses

    # with a wrong permutation wide circuits take long to compare
    may_take_long = len(active(a, b)) > UNITARY_QUBITS and _interactions(a) != _interactions(b)
    for permutation in guesses(a, b) if may_take_long else ():
        if permutation == plain:
            break
        if permutation not in tried:
            tried.add(permutation)
            yield permutation
    yield None
    if not may_take_long:
        yield from (
            permutation
            for permutation in dict.fromkeys(guesses(a, b))
            if permutation not in tried and permutation != plain
        )


def _interactions(circuit: FlatCircuit) -> list[tuple[int, ...]]:
    """The qubits of all rows on several, in order."""
    return [op.qubits for op in circuit.rows if len(op.qubits) > 1]


def _joined(*remarks: str) -> str:
    return "; ".join(filter(None, remarks))


def _seconded(verdict: Verdict, a: FlatCircuit, b: FlatCircuit, criterion: Criterion) -> Verdict:
    """The verdict of an external checker if ours proves nothing, one is available, and it knows."""
    if verdict.is_proven:
        return verdict
    from ionqdsl.verify import external
    from ionqdsl.verify.question import is_askable, questions

    one, other, names = aligned(a, b, verdict.inputs)
    if not is_askable(one, other, criterion.preserve, names):
        return verdict
    version = external.version()
    if version is None:
        return changed(verdict, extra="qcec")
    asked = questions(one, other, criterion.preserve, names)
    answer, judge = external.answer(asked), f"{external.PACKAGE} {version}"
    if answer == "equal":
        checked = f"all inputs of {one.width} qubits{criterion.freedom(names)}, by {judge}"
        return changed(verdict, equal=True, method="external", checked=checked, unchecked="")
    if answer == "different":
        reported = f"by the report of {judge}"
        return changed(verdict, equal=False, method="external", checked=reported, unchecked="that report")
    return changed(verdict, unchecked=_joined(verdict.unchecked, f"{judge} came to no conclusion"))
