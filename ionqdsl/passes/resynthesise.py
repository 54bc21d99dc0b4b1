"""Level 2: the interaction engine and, if it promises fewer gates, one quick synthesis of the Pauli rotations.

Takes a circuit whose rows have at most one control and returns a native circuit. The candidates are interaction forms;
the one with the fewest two-qubit gates wins, among equals the one whose pulses cost least. The stretches between
barriers are synthesised separately, each as a unitary. Nothing is searched here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ionqdsl.algebra.free_fermions import shortened
from ionqdsl.algebra.interactions import Interaction, Interactions, from_circuit
from ionqdsl.algebra.paulis import Folded, PauliProgram, fold, identity_images
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.passes.barriers import between_barriers
from ionqdsl.passes.choose_native import choose_native
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import Price, cost_of, price_of
from ionqdsl.passes.fold_rotations import can_fold, form_of, program_of
from ionqdsl.passes.pairs import merged
from ionqdsl.passes.triples import triples
from ionqdsl.passes.turn_toffolis import turned
from ionqdsl.passes.use_interactions import Written, compressed_under, taken, written
from ionqdsl.record import changed

if TYPE_CHECKING:
    from ionqdsl.passes.known_triples import KnownTriples

MOST_ROWS = 40_000
MOST_ROTATIONS = 1200
WIDEST = 40
FEW, ROWS_EACH = 60, 8
"""A quick synthesis takes about 1.5 ms a rotation, and more on many wires. At most `FEW` rotations are synthesised, one
more for every `ROWS_EACH` rows, and never more than `MOST_ROTATIONS`: small circuits stay quick."""

MOST_PHASED = 10
"""The most qubits for which the global phase that a synthesis loses is computed again."""

PROMISE = 0.78
SLACK = 5
"""A synthesis seldom has fewer two-qubit gates than there are rotations on several wires. It pays if those are fewer
than `PROMISE` times the two-qubit gates of the engine plus `SLACK`: measured on the benchmark circuits."""

MANY = 2000
"""If the engine's form has more two-qubit gates, only the shortest forms get shorter blocks of three wires."""

Synthesis = Callable[[FlatCircuit, Sequence[Interactions], str], list[Interactions]]
"""A function that returns more interaction forms of a circuit, given the engine's forms and the contract.

The first of these forms is the contract's, the last the one under the strictest contract that leads elsewhere.
"""


def resynthesise(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Writes native rows, and renames the inputs if the contract allows it.

    Before (--target forte):
        qubit a, b
        h a
        cnot a, b
        swap a, b
    After:
        gateset native
        qubit a, b
        # inputs: a starts as b, b starts as a
        gpi2(0) a
        gpi2(-0.25) b
        zz(0.25) a, b
        gpi2(-0.25) a
    """
    return native(candidates(circuit, context.options.preserve, quick_synthesis), circuit, context)


class Candidates(NamedTuple):
    """Interaction forms of a circuit: the engine's, and those of a synthesis, which lose the global phase."""

    exact: list[Interactions]
    synthesised: list[Interactions]


def candidates(circuit: FlatCircuit, preserve: str, synthesis: Synthesis) -> Candidates:
    """The engine's forms, the merged form and those that the synthesis adds, also under stricter contracts."""
    form = from_circuit(circuit)
    engines = compressed_under(preserve, form)
    result = Candidates([*engines, merged(form)], [])
    other = turned(circuit)
    if other is not circuit and engines[-1].two_qubit_gates:
        result.exact.extend(compressed_under(preserve, from_circuit(other)))
    if engines[-1].two_qubit_gates > 1 and can_fold(circuit):
        for form in synthesis(circuit, engines, preserve):
            result.synthesised.append(changed(form, phase=Angle(0, 0, engines[0].phase.terms)))
    elif engines[-1].two_qubit_gates > 1:
        better = between_barriers(circuit, synthesis)
        if better is not None:
            form = changed(from_circuit(better[0]), neglected=better[1])
            result.synthesised.extend(compressed_under(preserve, form))
    return _with_shorter_triples(result, preserve, engines[-1].two_qubit_gates)


def _with_shorter_triples(made: Candidates, preserve: str, most: int) -> Candidates:
    """The candidates and others with shorter blocks of three wires, made of those with at most `most` two-qubit gates.

    `most` is the count of the engine's form under the strictest contract, so that no weaker one goes without a form.
    """
    if most > MANY:
        most = min(form.two_qubit_gates for form in (*made.exact, *made.synthesised))
    solve: KnownTriples | None = None
    seen: set[tuple[tuple[int, int, float | Angle], ...]] = set()
    for forms in (made.exact, made.synthesised):
        for form in [*forms]:
            content = tuple([(item.a, item.b, item.t) for item in form.items if isinstance(item, Interaction)])
            if len(content) > most or content in seen:
                continue
            seen.add(content)
            gathered = triples(form)
            if not gathered.blocks:
                continue
            from ionqdsl.passes.known_triples import KnownTriples  # brings numpy
            from ionqdsl.passes.resynthesise_triples import shortened as shorter_triples

            solve = solve or KnownTriples()
            forms += shorter_triples(form, gathered, preserve, solve)
    return made


def native(candidates: Candidates, circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """The cheapest of the candidates as a native circuit, or the circuit gate by gate."""
    best = cheapest(candidates, circuit, context, lambda form: written(form, circuit, context))
    return choose_native(circuit, context) if best is None else best


class _Priced(NamedTuple):
    price: Price
    attempt: Written
    form: Interactions


def cheapest(
    candidates: Candidates, circuit: FlatCircuit, context: PassContext, write: Callable[[Interactions], Written]
) -> FlatCircuit | None:
    """The cheapest circuit of the forms with the fewest two-qubit gates; None if all forms neglect too much.

    With a characterization of the machine, the circuit of any form with the least expected infidelity. The context
    learns of its input permutation and of its rounding.
    """
    machine = context.options.characterization
    best: _Priced | None = None
    for form in sorted([*candidates.exact, *candidates.synthesised], key=_two_qubit_gates):
        if best is not None and form.two_qubit_gates > best.form.two_qubit_gates and machine is None:
            break
        attempt = write(form)
        if not context.budget.has_room(attempt.neglected, len(circuit.rows)):
            continue
        price = price_of(attempt.circuit, cost_of(attempt.circuit), machine)
        if best is None or price < best.price:
            best = _Priced(price, attempt, form)
    if best is None:
        return None
    _, attempt, form = best
    result = taken(form, attempt, context)
    if fixes_phases(context.options.preserve) and any(form is other for other in candidates.synthesised):
        return with_phase_of(circuit, result)
    return result


def with_phase_of(source: FlatCircuit, result: FlatCircuit) -> FlatCircuit:
    """The result with the global phase of its source, if the circuits are narrow enough to compute it.

    Both are products of rotations, whose determinant is 1, and known phases: so the lost phase is a constant, the same
    for all values of the parameters, and one amplitude shows it.
    """
    if source.width > MOST_PHASED or source.is_dynamic:  # a measurement forgets phases
        return result
    import numpy as np

    from ionqdsl.simulation.simulate import state

    values = {symbol: random.Random(symbol).uniform(-3, 3) for symbol in source.symbols}

    def bound(circuit: FlatCircuit) -> FlatCircuit:
        rows = [op._replace(angles=tuple([angle.bind(values.get) for angle in op.angles])) for op in circuit.rows]
        return circuit.replace(rows=rows, phase=circuit.phase.bind(values.get)) if values else circuit

    wanted, state_now = state(bound(source)), state(bound(result))
    place = int(np.abs(wanted).argmax())
    return result.replace(phase=result.phase + Angle(0, float(np.angle(wanted[place] / state_now[place]))))


def quick_synthesis(circuit: FlatCircuit, engines: Sequence[Interactions], preserve: str) -> list[Interactions]:
    """One greedy synthesis if it promises fewer two-qubit gates than the engine's form, otherwise none.

    Free fermions come in a shorter form as well, whatever their number.

    The form under the strictest contract decides, so that a weaker one never goes without a synthesis that pays.
    """
    form = engines[-1]
    if len(circuit.rows) > MOST_ROWS or circuit.width > WIDEST or _is_forest(form):
        return []
    folded = fold(program_of(circuit))
    promised = min(PROMISE * form.two_qubit_gates + SLACK, form.two_qubit_gates - 1)
    most = min(promised, MOST_ROTATIONS, FEW + len(circuit.rows) / ROWS_EACH)
    shorter, other = shortened(folded), turned(circuit)
    result = [] if shorter is None else _as_it_is(shorter, preserve)
    programs = [folded, *([] if shorter is None else [shorter])]
    programs += [] if other is circuit else [fold(program_of(other))]
    programs = [each for each in programs if sum((x | z).bit_count() > 1 for x, z, _ in each.rotations) <= most]
    if programs:
        from ionqdsl.passes.race import quick  # brings numpy

        result += quick(programs, preserve)
    return result


def _as_it_is(folded: Folded, preserve: str) -> list[Interactions]:
    """The forms of a program without a Clifford at its end and with rotations on one or two wires; otherwise none."""
    if folded.images != identity_images(folded.width) or any((x | z).bit_count() > 2 for x, z, _ in folded.rotations):
        return []
    program = PauliProgram(folded.width, folded.rotations, tuple(range(folded.width)), folded.neglected)
    return compressed_under(preserve, form_of(program))


def _is_forest(form: Interactions) -> bool:
    """Whether the interactions form no circle, so that no fewer could connect the same wires."""
    group = list(range(form.width))

    def root(wire: int) -> int:
        while group[wire] != wire:
            group[wire] = wire = group[group[wire]]
        return wire

    for item in form.items:
        if isinstance(item, Interaction):
            one, other = root(item.a), root(item.b)
            if one == other:
                return False
            group[one] = other
    return True


def _two_qubit_gates(form: Interactions) -> int:
    return form.two_qubit_gates
