"""Compares two circuits with one permutation of the inputs: whole if they are small, else by proofs, else by samples.

Takes circuits without parameters and returns a `Verdict`. A permutation is searched for only where whole matrices show
one.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_phases, holds_for_all_inputs
from ionqdsl.record import changed
from ionqdsl.verify.alignment import active, aligned, zeros_among
from ionqdsl.verify.criterion import Criterion
from ionqdsl.verify.findings import Proof, Verdict

UNITARY_QUBITS = 10
"""Most qubits for comparing whole unitaries."""

SLOW = 1 << 27
"""Entries times rows above which matrices take longer than rotations."""

HOPELESS = 1 << 39
"""Entries times rows above which matrices take more than some minutes, and random states must do."""

STATE_QUBITS = 20
"""Most qubits for sending random product states through both circuits if nothing could be proven."""


def verdict_of(
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
        inputs = zeros_among(place, inputs)
    if inputs is not None and any(
        inputs[q] != q and (q not in place or inputs[q] not in place) for q in range(a.width)
    ):
        return Verdict(False, "inputs", "the relabelling moves an input that neither circuit uses")
    if failed is not None and failed.method != "none":
        return failed
    one, other, names = aligned(a, b, inputs)
    if failed is not None:
        verdict = _unproven(one, other, criterion, names, failed.unchecked)
    else:
        verdict = _judged(one, other, criterion, names, may_search=inputs is None)
    moved, used = list(range(a.width)), list(place)
    for qubit, name in zip(used, verdict.inputs or names, strict=True):
        moved[qubit] = used[name]
    return changed(verdict, inputs=tuple(moved))


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
        same = same_strings(a, b, criterion, names)
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

        same = same_strings(a, b, criterion, names)
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


def same_strings(a: FlatCircuit, b: FlatCircuit, criterion: Criterion, names: tuple[int, ...]) -> Verdict | None:
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
