"""Checks that a circuit is well formed, and whether two circuits mean the same.

Takes a circuit and a target and returns a list of faults (`invariants`), or takes two circuits and a contract and
returns a `Verdict` that says how much was checked (`equivalent`). Small circuits are simulated. Wide ones are
compared rotation by rotation, which proves equality or difference, or else by the strings of their rotations and by
sums over paths, which prove equality; if all get stuck, an external checker is asked, if one is installed. Nothing is
repaired.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial

from ionqdsl.ir.angle import ZERO
from ionqdsl.ir.circuit import BARRIER, FlatCircuit
from ionqdsl.ir.contracts import fixes_inputs, fixes_phases, holds_for_all_inputs
from ionqdsl.ir.unwinding import unwound
from ionqdsl.record import changed, record
from ionqdsl.verify.findings import Proof, Verdict
from ionqdsl.verify.invariants import in_range, invariants, takes_angle
from ionqdsl.verify.sampling import SamplePoint, bound, sampled

__all__ = [
    "STATE_QUBITS",
    "TOLERANCE",
    "UNITARY_QUBITS",
    "Verdict",
    "contract",
    "equivalent",
    "in_range",
    "invariants",
    "takes_angle",
]

UNITARY_QUBITS = 10
"""Most qubits for comparing whole unitaries."""

SLOW = 1 << 27
"""Entries times rows above which matrices take longer than rotations."""

HOPELESS = 1 << 39
"""Entries times rows above which matrices take more than some minutes, and random states must do."""

STATE_QUBITS = 20
"""Most qubits for sending random product states through both circuits if nothing could be proven."""

TOLERANCE = 1e-7
"""Largest deviation that counts as rounding; circuits of 100,000 rows stay below 1e-9."""


Ways = Callable[[], Iterable[Sequence[FlatCircuit]]]
"""Makes circuits that a proof may go by: each sequence one that it may come to, and others with the same rotations."""


@record
class Criterion:
    """The measure of equality: a contract, and how far two circuits may be apart (see `equivalent`).

    `allowed` is the error of an approximation, in the operator norm; `tolerance` is rounding. `seed` chooses random
    states, unless only a proof is of use (`is_strict`). `has_strings` says that strings have been compared in vain.
    """

    preserve: str
    seed: int
    allowed: float
    tolerance: float
    is_strict: bool = False
    has_strings: bool = False

    @property
    def limit(self) -> float:
        """The least deviation that is a difference."""
        return self.tolerance + self.allowed

    def freedom(self, names: Sequence[int]) -> str:
        """In words, how circuits that count as equal may differ, besides the global phase."""
        phases = "" if fixes_phases(self.preserve) else ", up to phases of the outcomes"
        return phases + ", with an input permutation" * ([*names] != [*range(len(names))])


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


def contract(preserve: str, a: FlatCircuit, b: FlatCircuit) -> str:
    """The contract to compare under: circuits without registers read all qubits, so `registers` asks for `outcomes`."""
    return "outcomes" if preserve == "registers" and not (a.registers or b.registers) else preserve


def _numeric(a: FlatCircuit, b: FlatCircuit, criterion: Criterion, inputs: Sequence[int] | None, via: Ways) -> Verdict:
    """The verdict on circuits without parameters."""
    preserve, allowed = criterion.preserve, criterion.allowed
    if preserve == "registers" or a.is_dynamic or b.is_dynamic:
        from ionqdsl.verify.dynamic import judged

        return judged(a, b, preserve, criterion.seed, inputs, criterion.limit)
    if inputs is not None or fixes_inputs(preserve) or not holds_for_all_inputs(preserve):
        has_ways = via is not tuple and not allowed
        verdict = _named(a, b, changed(criterion, is_strict=has_ways), inputs)
        if has_ways and not _is_proven(verdict):
            verdict = _by_ways(a, b, criterion, inputs, via) or _named(a, b, criterion, inputs, failed=verdict)
        return verdict if allowed else _seconded(verdict, a, b, criterion)
    verdicts = []
    for permutation in _permutations(a, b):
        verdict = _named(a, b, criterion, permutation)
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

        one, other, names = _aligned(a, b, None)
        deviation = distance_from_zeros(one, other)
        return Verdict(deviation < criterion.limit, "state", "the state from |0...0>", "", deviation, names)
    return _named(a, b, changed(criterion, preserve="outcomes"), None)


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


def _is_proven(verdict: Verdict) -> bool:
    return verdict.equal is False or (verdict.equal is True and verdict.method != "states")


def _by_ways(
    a: FlatCircuit, b: FlatCircuit, criterion: Criterion, inputs: Sequence[int] | None, via: Ways
) -> Verdict | None:
    """A proof in several steps, from `a` by way of other circuits to `b`; no step may be an approximation."""
    strict = changed(criterion, is_strict=True)
    routes: list[tuple[FlatCircuit, list[Verdict]]] = [(a, [])]
    size = _size(b)
    left = sorted(via(), key=lambda way: abs(_size(way[-1]) - size))
    for here, before in routes:
        for way in [*left]:
            steps = _stepped(here, way, strict)
            if steps is None:
                continue
            left = [other for other in left if other is not way]
            steps = [*before, *steps]
            last = _named(way[-1], b, strict, inputs)
            if last.equal and _is_proven(last):
                return _in_steps([*steps, last], criterion)
            routes.append((way[-1], steps))
    return None


def _size(circuit: FlatCircuit) -> int:
    """The number of rows on several qubits."""
    return sum([len(op.qubits) > 1 for op in circuit.rows])


def _stepped(here: FlatCircuit, way: Sequence[FlatCircuit], criterion: Criterion) -> list[Verdict] | None:
    """The proofs that each circuit of a way is equal to the one before, the first to `here`."""
    steps = []
    names = tuple(range(here.width))
    for number, there in enumerate(way):
        if number or there.rows != here.rows:  # those were compared already
            quick = _by_strings(here, there, criterion, names) if number else None
            step = quick or _named(here, there, changed(criterion, has_strings=number > 0), names)
            if not (step.equal and _is_proven(step)):
                return None
            steps.append(step)
        elif len(way) == 1:
            return None
        here = there
    return steps


def _in_steps(steps: Sequence[Verdict], criterion: Criterion) -> Verdict | None:
    """The verdict of several proofs one after another; None if their rounding adds up to too much."""
    deviation = sum([each.deviation for each in steps])
    methods = ", ".join(dict.fromkeys([each.method for each in steps]))
    checked = f"{len(steps)} steps: {'; '.join(dict.fromkeys([each.checked for each in steps]))}"
    return Verdict(True, methods, checked, "", deviation, steps[-1].inputs) if deviation < criterion.tolerance else None


def _seconded(verdict: Verdict, a: FlatCircuit, b: FlatCircuit, criterion: Criterion) -> Verdict:
    """The verdict of an external checker if ours proves nothing, one is available, and it knows."""
    if _is_proven(verdict):
        return verdict
    from ionqdsl.verify import external
    from ionqdsl.verify.question import is_askable, questions

    one, other, names = _aligned(a, b, verdict.inputs)
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


def _named(
    a: FlatCircuit,
    b: FlatCircuit,
    criterion: Criterion,
    inputs: Sequence[int] | None,
    failed: Verdict | None = None,
) -> Verdict:
    """The verdict with one input permutation; if none is given, small circuits are searched for one.

    `failed` is the strict verdict on the same: its proofs are not tried again.
    """
    place = active(a, b)
    if inputs is not None and not holds_for_all_inputs(criterion.preserve):
        inputs = _zeros_among(place, inputs)
    if inputs is not None and any(
        inputs[q] != q and (q not in place or inputs[q] not in place) for q in range(a.width)
    ):
        return Verdict(False, "inputs", "the relabelling moves an input that neither circuit uses")
    if failed is not None and failed.method != "none":
        return failed
    one, other, names = _aligned(a, b, inputs)
    if failed is not None:
        verdict = _unproven(one, other, criterion, names, failed.unchecked)
    else:
        verdict = _judged(one, other, criterion, names, may_search=inputs is None)
    moved, used = list(range(a.width)), list(place)
    for qubit, name in zip(used, verdict.inputs or names, strict=True):
        moved[qubit] = used[name]
    return changed(verdict, inputs=tuple(moved))


def _zeros_among(place: Collection[int], inputs: Sequence[int]) -> list[int]:
    """The inputs if all of them are |0>: one that neither circuit uses is as good as any that they do use."""
    taken = {inputs[qubit] for qubit in place}
    rest = iter([qubit for qubit in place if qubit not in taken])
    return [qubit if qubit not in place else name if name in place else next(rest) for qubit, name in enumerate(inputs)]


def active(a: FlatCircuit, b: FlatCircuit) -> dict[int, int]:
    """The qubits that one of the circuits uses, in order, and their new numbers."""
    used = {qubit for op in (*a.rows, *b.rows) if op.gate != BARRIER for qubit in op.qubits}
    return {qubit: number for number, qubit in enumerate(sorted(used))}


def _aligned(
    a: FlatCircuit, b: FlatCircuit, inputs: Sequence[int] | None
) -> tuple[FlatCircuit, FlatCircuit, tuple[int, ...]]:
    """Both circuits on the qubits that one of them uses, and the permutation of these."""
    one, other, place = on_active(a, b)
    return one, other, tuple(place[q if inputs is None else inputs[q]] for q in place)


def on_active(a: FlatCircuit, b: FlatCircuit) -> tuple[FlatCircuit, FlatCircuit, dict[int, int]]:
    """Both circuits on the qubits that one of them uses, and the new numbers of these qubits."""
    place = active(a, b)

    def made(circuit: FlatCircuit) -> FlatCircuit:
        kept = [op for op in circuit.rows if op.gate != BARRIER]
        moved = {number: op.on(place) for number, op in {id(op): op for op in kept}.items()}  # equal rows stay shared
        rows = [moved[id(op)] for op in kept]
        return FlatCircuit(len(place), rows=rows, origins=[None] * len(rows))

    return made(a), made(b), place


def _judged(
    a: FlatCircuit, b: FlatCircuit, criterion: Criterion, names: tuple[int, ...], *, may_search: bool
) -> Verdict:
    """The verdict on circuits without idle qubits: by whole distributions or matrices of few qubits, else by proofs.

    `names` is the permutation of the inputs; if it `may_search`, comparing matrices may find another.
    """
    if criterion.preserve == "outcomes" and a.width <= STATE_QUBITS:
        from ionqdsl.verify.simulated import distributions

        deviation = distributions(a, b)
        is_equal = deviation < criterion.limit
        return Verdict(is_equal, "distribution", "the distribution from |0...0>", "", deviation, names)
    if a.width <= UNITARY_QUBITS:
        return _by_matrices(a, b, criterion, names, may_search)
    return _wide(a, b, criterion, names)


def _by_matrices(
    a: FlatCircuit, b: FlatCircuit, criterion: Criterion, names: tuple[int, ...], may_search: bool
) -> Verdict:
    """The verdict by the unitaries, unless they take longer than a proof by rotations, or too long."""
    from ionqdsl.verify.exact import proof

    width = a.width
    work = (len(a) + len(b)) << 2 * width
    if not criterion.allowed and work > SLOW:
        answer = proof(a, b, criterion.preserve, names, criterion.limit)
        if answer.equal:
            return _by_rotations(answer, width, names, criterion)
        same = _by_strings(a, b, criterion, names)
        if same is not None:
            return same
    if work > HOPELESS:
        return _unproven(a, b, criterion, names, "")
    from ionqdsl.verify.simulated import unitaries

    deviation, names, is_whole = unitaries(
        a, b, criterion.preserve, names, may_search, criterion.limit, criterion.allowed > 0
    )
    whole = "whole " * fixes_phases(criterion.preserve)
    checked = f"the {whole}unitary of {width} qubit{'s' * (width != 1)}{criterion.freedom(names)}"
    equal = True if deviation < criterion.limit else False if is_whole else None
    return Verdict(equal, "unitary", checked, "", deviation, names)


def _wide(a: FlatCircuit, b: FlatCircuit, criterion: Criterion, names: tuple[int, ...]) -> Verdict:
    """The verdict on circuits too wide for matrices: by proofs, else by random product states, or by single qubits."""
    from ionqdsl.verify.exact import proof

    answer = proof(a, b, criterion.preserve, names, criterion.limit)
    if answer.equal or (answer.equal is False and not criterion.allowed):  # with errors, the sum is only a bound
        return _by_rotations(answer, a.width, names, criterion)
    if not criterion.allowed:
        from ionqdsl.verify import by_paths

        same = _by_strings(a, b, criterion, names)
        if same is not None:
            return same
        paths = by_paths.proof(a, b, criterion.preserve, names, criterion.limit)
        if paths.equal:
            return _by_paths(paths, a.width, names, criterion)
    return _unproven(a, b, criterion, names, answer.obstacle)


def _unproven(a: FlatCircuit, b: FlatCircuit, criterion: Criterion, names: tuple[int, ...], obstacle: str) -> Verdict:
    """The verdict after all proofs have failed, for a reason: none if only a proof is of use."""
    if criterion.is_strict:
        return Verdict(None, "none", "nothing", obstacle, inputs=names)
    if a.width > STATE_QUBITS:
        return _by_single_qubits(a, b, criterion, names, obstacle)
    return _by_states(a, b, criterion, names)


def _by_states(a: FlatCircuit, b: FlatCircuit, criterion: Criterion, names: tuple[int, ...]) -> Verdict:
    """The verdict by random product states, which is no proof that circuits are equal."""
    from ionqdsl.verify.simulated import STATES, product_states

    deviation = product_states(a, b, criterion.preserve, names, criterion.seed, criterion.allowed > 0)
    checked = f"{STATES} random product states of {a.width} qubits{criterion.freedom(names)}"
    return Verdict(deviation < criterion.limit, "states", checked, "all other inputs", deviation, names)


def _by_single_qubits(
    a: FlatCircuit, b: FlatCircuit, criterion: Criterion, names: tuple[int, ...], obstacle: str
) -> Verdict:
    """The verdict by outcomes of single qubits, which can only show a difference; `obstacle` kept a proof away."""
    from ionqdsl.verify.simulated import marginals

    deviation, count = marginals(a, b, criterion.preserve, names, criterion.seed)
    if deviation > criterion.limit:
        return Verdict(False, "marginals", "single qubits after a random product state", "", deviation, names)
    reason = obstacle or "the errors of all rotations together are more than is allowed"
    unchecked = f"{a.width} qubits are more than the {STATE_QUBITS} that are simulated, and {reason}"
    if not count:
        return Verdict(None, "none", "nothing", unchecked, inputs=names)
    start = "" if criterion.preserve == "outcomes" else ", after a random product state"
    return Verdict(None, "marginals", f"the outcomes of {count} single qubits{start}", unchecked, deviation, names)


def _by_rotations(answer: Proof, width: int, names: tuple[int, ...], criterion: Criterion) -> Verdict:
    is_for_all = criterion.preserve != "outcomes"
    inputs = f"all inputs of {width} qubits" if is_for_all else f"the input |0...0> of {width} qubits"
    checked = f"every rotation of both circuits, for {inputs}{criterion.freedom(names)}"
    return Verdict(answer.equal, "rotations", checked, "", answer.deviation, names)


def _by_strings(a: FlatCircuit, b: FlatCircuit, criterion: Criterion, names: tuple[int, ...]) -> Verdict | None:
    """The verdict if the strings of both circuits' rotations prove them equal."""
    from ionqdsl.verify import by_strings

    if criterion.has_strings:
        return None
    answer = by_strings.proof(a, b, criterion.preserve, names, criterion.limit)
    if not answer.equal:
        return None
    checked = f"the strings of all rotations, for all inputs of {a.width} qubits{criterion.freedom(names)}"
    return Verdict(True, "strings", checked, "", answer.deviation, names)


def _by_paths(answer: Proof, width: int, names: tuple[int, ...], criterion: Criterion) -> Verdict:
    checked = f"the sums over paths of both circuits, for all inputs of {width} qubits{criterion.freedom(names)}"
    return Verdict(True, "paths", checked, "", answer.deviation, names)
