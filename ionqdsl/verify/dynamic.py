"""Compares circuits that measure and reset qubits before the end, and any two circuits by their registers alone.

Takes two circuits without parameters and a contract and returns a `Verdict`. Small ones are compared for all inputs at
once: measurements are deferred, and each input qubit is half of an entangled pair whose other half is kept. Others are
compared by the exact distributions of their branches, from |0...0> or from random product states. Of wide ones the
gates between measurements are compared (lives.py), or the stabilisers if they are Clifford gates; a difference is
looked for in few outcomes (cones.py). A qubit that a circuit resets before anything else starts in |0>.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence, Set
from functools import partial

import numpy as np

from ionqdsl.algebra.deferral import deferred
from ionqdsl.diagnostics import CompileError
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import BARRIER, MEASURE, NOT_GATES, RESET, FlatCircuit, Op
from ionqdsl.ir.contracts import fixes_inputs, fixes_phases, holds_for_all_inputs
from ionqdsl.record import changed
from ionqdsl.simulation import branches, simulate
from ionqdsl.simulation.results import marginal
from ionqdsl.verify.cones import difference, past
from ionqdsl.verify.exact import proof, proof_within
from ionqdsl.verify.findings import SHOWN, Counterexample, Verdict
from ionqdsl.verify.lives import endings, lives
from ionqdsl.verify.simulated import PREPARED, STATES, prepared
from ionqdsl.verify.slots import alike, other_registers, read_alike
from ionqdsl.verify.stabilised import are_equal, moves

MOST_QUBITS = 20
"""Most qubits in a superposition at once for following branches."""

MOST_FORKS = 16
"""Most measurements and resets for following every branch."""

MOST_ENTRIES = 22
"""Logarithm of the most entries of a state or matrix for comparing all inputs at once."""

MOST_WORK = 1 << 26
"""Most branches times amplitudes."""

_CLIFFORDS_APART = 0.5
"""Circuits of Clifford gates that differ are at least so far apart: their outcomes are uniform on affine
spaces, of which two share at most half.
"""

_TRIED = 24
"""Inputs that are tried in search of an example."""


def judged(
    a: FlatCircuit, b: FlatCircuit, preserve: str, seed: int, names: Sequence[int] | None, tolerance: float
) -> Verdict:
    """Whether `b` does the same as `a`, which have no parameters; `names` as the `inputs` of `verify.equivalent`.

    `unitary`: the same final state of the qubits for each record of outcomes, whatever the input. `permuted`: the same
    up to a permutation of the inputs. `measurement`: likewise, but only the joint distribution of outcomes and final
    bits. `outcomes`: that from |0...0>. `registers`: the distribution of the registers from |0...0>, and nothing else.
    """
    if said := other_registers(a, b, preserve):
        return Verdict(False, "registers", said)
    one, other = alike(a, b), alike(b, a)
    verdict: Verdict | None
    if preserve in ("registers", "outcomes"):
        first, second = (a, b) if preserve == "registers" else (one, other)
        may_match = preserve == "outcomes" or (a.width == b.width and read_alike(a, b))
        matching = [partial(_by_lives, names=permutation) for permutation in _relabellings(a, b, preserve, names)]
        verdict = _first(
            lambda: _by_past(a, b) if preserve == "registers" else None,
            lambda: _from_zeros(first, second, preserve, tolerance),
            lambda: _by_stabilisers(first, second, preserve, tolerance),
            *[partial(match, one, other, "outcomes", tolerance) for match in (matching if may_match else ())],
            lambda: _by_rotations(one, other, "outcomes", tolerance) if may_match else None,
            lambda: _in_few_outcomes(one, other, tolerance, [[]], (), preserve == "outcomes"),
        )
    else:
        relabellings = _relabellings(a, b, preserve, names)
        verdict = _whatever_input(one, other, preserve, seed, relabellings, tolerance, names is not None)
    return _beyond() if verdict is None else verdict


def _first(*attempts: Callable[[], Verdict | None]) -> Verdict | None:
    """The first verdict that is reached, whichever it is."""
    for attempt in attempts:
        verdict = attempt()
        if verdict is not None:
            return verdict
    return None


def _whatever_input(
    a: FlatCircuit,
    b: FlatCircuit,
    preserve: str,
    seed: int,
    names: Sequence[tuple[int, ...]],
    tolerance: float,
    is_given: bool,
) -> Verdict | None:
    """The verdict for all inputs, with the first relabelling of these under which the circuits are equal.

    If they differ under all of them and none `is_given`, only a difference from |0...0> shows that no other helps.
    """
    verdicts = []
    for permutation in names:
        verdict = _all_inputs(a, b, preserve, permutation, seed, tolerance)
        if verdict is not None and verdict.equal:
            return verdict
        verdicts += [] if verdict is None else [verdict]
    if not verdicts:
        return None
    if not fixes_inputs(preserve) and not is_given:
        seen = _first(
            lambda: _from_zeros(a, b, "outcomes", tolerance),
            lambda: _by_stabilisers(a, b, "outcomes", tolerance),
            lambda: _in_few_outcomes(a, b, tolerance, [[]]),
        )
        if seen is None or seen.equal:
            return changed(verdicts[0], equal=None, unchecked="relabellings of the |0> inputs that nobody has noted")
    return verdicts[0]


def _beyond() -> Verdict:
    reason = (
        f"more than {MOST_QUBITS} qubits, or {MOST_FORKS} measurements and resets, cannot be followed, and the gates "
    )
    reason += "between them could not be matched"
    return Verdict(None, "none", "nothing", reason)


def _relabellings(a: FlatCircuit, b: FlatCircuit, preserve: str, names: Sequence[int] | None) -> list[tuple[int, ...]]:
    """The relabellings of the |0> inputs worth trying: the given one, or the noted one and none."""
    plain = tuple(range(a.width))
    if names is not None:
        return [tuple(names)]
    if fixes_inputs(preserve):
        return [plain]
    noted = [p if p and sorted(p) == [*plain] else plain for p in (a.inputs, b.inputs)]
    places = sorted(plain, key=noted[0].__getitem__)
    return [*dict.fromkeys([tuple([places[qubit] for qubit in noted[1]]), plain])]


# --- all inputs ------------------------------------------------------------------------------------------------------


def _all_inputs(
    a: FlatCircuit, b: FlatCircuit, preserve: str, names: Sequence[int], seed: int, tolerance: float
) -> Verdict | None:
    active = sorted({q for op in (*a.rows, *b.rows) if op.gate != BARRIER for q in op.qubits})
    if any(names[q] != q and (q not in active or names[q] not in active) for q in range(a.width)):
        return Verdict(False, "inputs", "the relabelling moves an input that neither circuit uses")
    place = {qubit: number for number, qubit in enumerate(active)}
    one, other = _on(a, place), _on(b, place)
    moved = [place[names[qubit]] for qubit in active]
    is_reset = _first_reset(one) | {moved[qubit] for qubit in _first_reset(other)}
    is_plain = preserve == "measurement" and not is_reset and moved == [*range(len(active))]
    verdict = _first(
        lambda: _entangled(one, other, preserve, moved, is_reset, tolerance),
        lambda: _by_stabilisers(one, other, preserve, tolerance, moved, is_reset),
        lambda: _by_lives(one, other, preserve, tolerance, moved),
        lambda: _by_rotations(one, other, preserve, tolerance) if is_plain else None,
        lambda: _products(one, other, preserve, moved, is_reset, seed, tolerance),
        lambda: _in_few_outcomes(one, other, tolerance, [[], *_inputs(len(active), seed)], moved),
    )
    return None if verdict is None else changed(verdict, inputs=tuple(names))


def _on(circuit: FlatCircuit, place: Mapping[int, int]) -> FlatCircuit:
    """The circuit on the qubits that count, under their new numbers."""
    rows = [op.on(place) for op in circuit.rows if op.gate != BARRIER]
    return FlatCircuit(len(place), rows=rows, origins=[None] * len(rows), registers=circuit.registers)


def _first_reset(circuit: FlatCircuit) -> set[int]:
    """The qubits that are reset before anything else acts on them."""
    first: dict[int, Op] = {}
    for op in circuit.rows:
        for qubit in op.qubits:
            first.setdefault(qubit, op)
    return {qubit for qubit, op in first.items() if op.gate == RESET}


def _entangled(
    a: FlatCircuit, b: FlatCircuit, preserve: str, names: Sequence[int], is_reset: set[int], tolerance: float
) -> Verdict | None:
    """All inputs at once, from half of an entangled pair on each; None if that is too much."""
    width, slots = a.width, len(a.slots)
    known = 4 * width + slots if fixes_phases(preserve) else 3 * width + slots
    forms = [deferred(_paired(circuit, wired, is_reset)) for circuit, wired in ((a, range(width)), (b, names))]
    if max(known, *(form.width for form in forms)) > MOST_ENTRIES:
        return None
    matrices = []
    for form in forms:
        state = simulate.state(form).reshape(1 << width, 1 << width, 1 << slots, -1)  # final, pairs, slots, resets
        if fixes_phases(preserve):
            mixed = state.transpose(2, 0, 1, 3).reshape(1 << slots, 1 << 2 * width, -1)
        else:
            mixed = state.transpose(0, 2, 1, 3).reshape(1 << width + slots, 1 << width, -1)
        matrices.append(mixed @ mixed.conj().transpose(0, 2, 1))
    distances = np.linalg.norm(matrices[0] - matrices[1], axis=(1, 2))
    deviation = float(distances.sum()) * 2 ** (width - len(is_reset)) / 2
    what = "the final states for each record of outcomes" if fixes_phases(preserve) else "the joint outcomes"
    qubits = f"{width} qubit{'s' * (width != 1)}"
    checked = f"{what}, for all inputs of {qubits}"
    return Verdict(deviation < tolerance, "unitary", checked, "", deviation)


def _paired(circuit: FlatCircuit, names: Sequence[int], is_reset: Set[int]) -> FlatCircuit:
    """The circuit after entangled pairs, of which qubit `width + k` is the half that stays as input k."""
    width = circuit.width
    rows = []
    for qubit, name in enumerate(names):
        if name not in is_reset:
            rows += [Op("h", (width + name,)), Op("cnot", (width + name, qubit))]
    rows += circuit.rows
    return circuit.replace(width=2 * width, rows=rows, origins=[None] * len(rows))


def _by_stabilisers(
    a: FlatCircuit,
    b: FlatCircuit,
    preserve: str,
    tolerance: float,
    names: Sequence[int] = (),
    is_reset: Set[int] = frozenset(),
) -> Verdict | None:
    """Circuits of Clifford gates: exactly, for all inputs as `_entangled`, or from |0...0>; None for other circuits.

    None as well for circuits that differ but may be that far apart.
    """
    is_every = holds_for_all_inputs(preserve)
    forms = [
        deferred(_paired(circuit, wired, is_reset) if is_every else circuit)
        for circuit, wired in ((a, range(a.width)), (b, names))
    ]
    gates = [moves(form) for form in forms]
    if gates[0] is None or gates[1] is None:
        return None
    if preserve == "registers":
        whole: list[int] = []
        seen = [
            [place for _, places in sorted(circuit.readout) for place in places if place is not None]
            for circuit in (a, b)
        ]
        what = "the outcomes of the registers from |0...0>"
    else:
        width, first = a.width, (2 if is_every else 1) * a.width
        whole = [*range(width if is_every else 0, first)]
        seen = [[*range(first, first + len(circuit.slots))] for circuit in (a, b)]
        if fixes_phases(preserve):
            whole = [*range(first)]
        else:
            seen = [[*range(width), *places] for places in seen]
        what = "the final states for each record of outcomes" if fixes_phases(preserve) else "the joint outcomes"
        what += f", for all inputs of {width} qubits" if is_every else f" from |0...0> of {width} qubits"
    is_equal = are_equal([(forms[0].width, gates[0]), (forms[1].width, gates[1])], whole, seen)
    if not is_equal and tolerance >= _CLIFFORDS_APART:
        return None
    return Verdict(is_equal, "stabilisers", what, "", 0.0 if is_equal else math.inf)


def _by_past(a: FlatCircuit, b: FlatCircuit) -> Verdict | None:
    """Equality, if the registers read the same slots, and the same rows are in the past of these."""
    if a.width != b.width or dict(a.registers) != dict(b.registers):
        return None
    read = [slot for _, slots in a.registers for slot in slots if slot is not None]
    if past(a, read) != past(b, read):
        return None
    return Verdict(True, "rotations", "the outcomes of the registers from |0...0>: the same rows in their past")


def _in_few_outcomes(
    a: FlatCircuit,
    b: FlatCircuit,
    tolerance: float,
    starts: Sequence[Sequence[tuple[float, float]]],
    names: Sequence[int] = (),
    has_ends: bool = True,
) -> Verdict | None:
    """A difference in outcomes with few qubits in their past, if one is found, from any of these product states.

    Without `has_ends` only the slots count.
    """
    for start in starts:
        moved = [start[name] for name in names] if start else []
        found = difference(_between(a, start, None), _between(b, moved, None), has_ends, tolerance)
        if found is not None:
            said = " and ".join(
                [f"qubit {one}" if isinstance(one, int) else f"{one.register}[{one.place}]" for one in found.outputs]
            )
            share = f"{found.probabilities[0]:.4%} against {found.probabilities[1]:.4%}"
            where = "a random product state" if start else "|0...0>"
            return Verdict(
                False, "marginals", f"{said}: {found.outcome} with {share}, from {where}", "", found.distance
            )
    return None


def _inputs(width: int, seed: int) -> list[list[tuple[float, float]]]:
    """Random product states."""
    draw = random.Random(f"few outcomes {seed}")
    return [[_direction(draw) for _ in range(width)] for _ in range(2)]


def _products(
    a: FlatCircuit,
    b: FlatCircuit,
    preserve: str,
    names: Sequence[int],
    is_reset: set[int],
    seed: int,
    tolerance: float,
) -> Verdict | None:
    """Random product states, measured in Z or, for `unitary`, along random directions; None if that is too much."""
    if not all(map(_is_followed, (a, b))):
        return None
    draw = random.Random(f"dynamic {seed}")
    deviation = 0.0
    for _ in range(STATES):
        start = [_direction(draw) if qubit not in is_reset else (0.0, 0.0) for qubit in range(a.width)]
        ends = [_direction(draw) for _ in range(a.width)] if fixes_phases(preserve) else None
        try:
            tables = [
                _distribution(_between(circuit, angles, ends))
                for circuit, angles in ((a, start), (b, [start[name] for name in names]))
            ]
        except CompileError:
            return None  # too many branches
        deviation = max(deviation, _distance(*tables))
    checked = f"the joint outcomes from {STATES} random product states of {a.width} qubits"
    unchecked = "all other inputs"
    if fixes_phases(preserve):
        checked, unchecked = f"{checked}, each along random axes", "all other inputs and axes"
    return Verdict(deviation < tolerance, "states", checked, unchecked, deviation)


def _direction(draw: random.Random) -> tuple[float, float]:
    return draw.uniform(0, np.pi), draw.uniform(0, 2 * np.pi)


def _between(
    circuit: FlatCircuit, start: Sequence[tuple[float, float]], ends: Sequence[tuple[float, float]] | None
) -> FlatCircuit:
    """The circuit after preparations, and perhaps before turns of the measured axes."""
    rows = [*prepared(circuit, start).rows]
    for qubit, (polar, azimuth) in enumerate(ends or ()):
        rows += [Op("rz", (qubit,), (Angle(0, -azimuth),)), Op("ry", (qubit,), (Angle(0, -polar),))]
    return circuit.replace(rows=rows, origins=[None] * len(rows))


def _by_lives(a: FlatCircuit, b: FlatCircuit, preserve: str, tolerance: float, names: Sequence[int]) -> Verdict | None:
    """Equality of the parts between measurements and resets, if the circuits have the same of these on each qubit.

    Such parts may differ where it never shows, so a difference of these proves nothing.
    """
    if endings(a) != endings(b) or not (a.rows or b.rows):
        return None
    one, other = lives(a, preserve), lives(b, preserve)
    width = one.circuit.width
    answer = proof_within(one.circuit, other.circuit, one.borders, [*names, *range(a.width, width)], tolerance)
    if not answer.equal:
        return None
    inputs = f"the input |0...0> of {a.width} qubits" if preserve == "outcomes" else f"all inputs of {a.width} qubits"
    checked = f"every rotation between {width - a.width} measurements and resets, for {inputs}"
    return Verdict(True, "rotations", checked, "", answer.deviation)


def _by_rotations(a: FlatCircuit, b: FlatCircuit, preserve: str, tolerance: float) -> Verdict | None:
    """Equality of the deferred forms, which are circuits of gates; a difference of these proves nothing."""
    one, other = deferred(a), deferred(b)
    if one.width != other.width or all(op.gate in NOT_GATES for op in (*one.rows, *other.rows)):
        return None
    answer = proof(one, other, preserve, tuple(range(one.width)), tolerance)
    if not answer.equal:
        return None
    checked = f"every rotation of both circuits, with measurements deferred to {one.width} qubits"
    return Verdict(True, "rotations", checked, "", answer.deviation)


# --- from |0...0> ----------------------------------------------------------------------------------------------------


def _is_followed(circuit: FlatCircuit) -> bool:
    forks = sum(op.gate in (MEASURE, RESET) for op in circuit.rows)
    return branches.widest(circuit) <= MOST_QUBITS and forks <= MOST_FORKS


def _distribution(circuit: FlatCircuit) -> dict[str, float]:
    most = min(branches.MOST_BRANCHES, MOST_WORK >> branches.widest(circuit))
    return branches.distribution(circuit, lambda needed: None, most)


def _distance(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The total variation distance."""
    return sum(abs(one.get(bits, 0.0) - other.get(bits, 0.0)) for bits in {**one, **other}) / 2


def _from_zeros(a: FlatCircuit, b: FlatCircuit, preserve: str, tolerance: float) -> Verdict | None:
    """The distributions from |0...0>, as far as the contract looks; None if they are too much to compute."""
    if max(map(branches.widest, (a, b))) > MOST_QUBITS:
        return None
    try:
        tables = [_seen(circuit, preserve) for circuit in (a, b)]
    except CompileError:
        return None  # too many branches
    deviation = _distance(*tables)
    what = "the outcomes of the registers" if preserve == "registers" else "the joint outcomes"
    return Verdict(deviation < tolerance, "distribution", f"{what} from |0...0>", "", deviation)


def _seen(circuit: FlatCircuit, preserve: str) -> dict[str, float]:
    table = _distribution(circuit)
    if preserve != "registers":
        return table
    return marginal(table, tuple([place for _, places in sorted(circuit.readout) for place in places]))


# --- an input that shows a difference --------------------------------------------------------------------------------


def example(a: FlatCircuit, b: FlatCircuit, preserve: str, values: Mapping[str, float]) -> Counterexample | None:
    """The first input with a plain difference of a register, or of all bits; None if none of those tried shows one."""
    if a.width != b.width and preserve != "registers":
        return None
    if not all(map(_is_followed, (a, b))) or other_registers(a, b, preserve):
        return None
    one, other = (a, b) if preserve == "registers" else (alike(a, b), alike(b, a))
    draw = random.Random(0)
    zeros = "0" * a.width
    starts = [zeros]
    if holds_for_all_inputs(preserve):
        starts += [zeros[:q] + letter + zeros[q + 1 :] for letter in "1+i" for q in range(a.width)]
        starts = [*starts[:_TRIED], *("".join(draw.choices("01+i", k=a.width)) for _ in range(_TRIED))]
    for start in starts:
        angles = [PREPARED[letter] for letter in start]
        try:
            tables = [_distribution(_between(circuit, angles[: circuit.width], None)) for circuit in (one, other)]
        except CompileError:
            return None  # too many branches
        best = _differing(tables, (one, other), preserve)
        if best is not None:
            at_zeros = best.distance if start == zeros else 0.0
            return changed(best, input=start, values=values, at_zeros=at_zeros)
    return None


def _differing(
    tables: Sequence[Mapping[str, float]], circuits: Sequence[FlatCircuit], preserve: str
) -> Counterexample | None:
    """The register whose distributions differ, or all registers together, or all bits, with the outcome."""
    registers = [dict(circuit.readout) for circuit in circuits]
    names = [name for name in registers[0] if name in registers[1]]
    views = [(name, registers[0][name], registers[1][name]) for name in names]
    joint = [tuple([place for name in names for place in table[name]]) for table in registers]
    views += [(", ".join(names), joint[0], joint[1])] if len(names) > 1 else []
    if preserve != "registers":
        plain = tuple(range(circuits[0].width + len(circuits[0].slots)))
        views.append(("", plain, plain))
    for name, mine, theirs in views:
        one, other = marginal(tables[0], mine), marginal(tables[1], theirs)
        gaps = {bits: abs(one.get(bits, 0.0) - other.get(bits, 0.0)) for bits in {**one, **other}}
        bits = max(gaps, key=lambda key: (round(gaps[key], 12), key))
        if gaps[bits] > SHOWN:
            shares = one.get(bits, 0.0), other.get(bits, 0.0)
            return Counterexample("", bits, shares, None, {}, sum(gaps.values()) / 2, None, name)
    return None
