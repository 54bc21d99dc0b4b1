"""Level 2: the interaction engine, and quick syntheses of the Pauli rotations.

Takes a circuit whose rows have at most one control and returns a native circuit. The candidates are interaction forms;
the one with the fewest two-qubit gates wins, among equals the one whose pulses cost least. The stretches between
barriers are synthesised separately, each as a unitary. Nothing is searched here.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.algebra.free_fermions import MetRotations, shortened
from ionqdsl.algebra.interactions import Interaction, Interactions
from ionqdsl.algebra.numeric_forms import Content, content_of, items_content, numbers_of
from ionqdsl.algebra.paulis import Folded, PauliProgram, fold, identity_images
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_phases, not_weaker
from ionqdsl.passes.barriers import between_barriers
from ionqdsl.passes.choose_native import choose_native
from ionqdsl.passes.cliffords.factors import WIDEST as SEARCHED
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import Price, cost_of, price_of
from ionqdsl.passes.interactions.pairs import merged
from ionqdsl.passes.interactions.sketches import Sketch, sketch_of
from ionqdsl.passes.interactions.use_interactions import Met, Written, compressed_under, taken
from ionqdsl.passes.networks.pair_toffolis import OtherWay, other_ways, with_whole_toffolis
from ionqdsl.passes.networks.share_partners import with_shared_partners
from ionqdsl.passes.rotations.fold_rotations import can_fold, circuit_of, form_of, program_of
from ionqdsl.passes.rotations.known_strings import known_throughout, loosened
from ionqdsl.passes.rotations.try_styles import (
    UNBOUNDED,
    best_forms,
    tried,
    tried_by_chance,
    tried_by_qubits,
    with_short_tails,
)
from ionqdsl.passes.rotations.window_forms import ProgramPair, improved_tries, window_forms
from ionqdsl.passes.triples.blocks import triples
from ionqdsl.record import changed

if TYPE_CHECKING:
    from ionqdsl.passes.triples.known_triples import KnownTriples

MOST_ROWS = 40_000
MOST_ROTATIONS = 6000
WIDEST = 40
"""Larger circuits are synthesised in windows, others as a whole: a few microseconds a rotation and style."""

MOST_PHASED = 10
"""The most qubits for which the global phase that a synthesis loses is computed again."""

NEAR, NEAR_OTHERS = 1.05, 1.12
SLACK = 5
"""A synthesis may have so many times the two-qubit gates of the engine's form, and so many times those of its best form
in any way to write the circuit, and so many more: a sweep saves a few."""

DENSE = 3
"""A Clifford on n wires, too many for a search, is written qubit by qubit if it has more than n^2 / `DENSE` two-qubit
gates: a random one takes about n^2 / 2.1 then.
"""

SPARE = 12
SHARE = 12
"""A form gets shorter blocks of three wires if these might leave it with at most so many two-qubit gates more than the
best one has, and one more for each `SHARE` of those. With a share of 32 a circuit came out five gates longer, and with
8 spare gates another one came out longer under a weaker contract."""

MANY = 2000
"""If the engine's form has more two-qubit gates, only the shortest forms get shorter blocks of three wires."""


class Way(NamedTuple):
    """A circuit, or another way to write it, and the engine's forms of it.

    The first form is the contract's, the last the one under the strictest contract that leads elsewhere. A looser way
    is equal to the circuit only up to phases that the contract forgets, an extra one is synthesised apart from others.
    All ways of a circuit share `met`, to which a synthesis adds the programs on the way to its forms.
    """

    circuit: FlatCircuit
    forms: Sequence[Interactions]
    met: list[ProgramPair]
    is_looser: bool = False
    is_extra: bool = False


Synthesis = Callable[[Sequence[Way], str], list[Interactions]]
"""A function that returns more interaction forms of a circuit, given the circuit, other ways to write it, and the
contract.
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
    """Interaction forms of a circuit: the engine's, and those of a synthesis, which lose the global phase.

    `ways` are other ways to write the circuit that some of the forms come from, `met` programs on the way to some.
    """

    exact: list[Interactions]
    synthesised: list[Interactions]
    ways: Sequence[FlatCircuit] = ()
    met: Sequence[ProgramPair] = ()


def candidates(circuit: FlatCircuit, preserve: str, synthesis: Synthesis) -> Candidates:
    """The engine's forms, the merged form and those that the synthesis adds, also under stricter contracts."""
    form = from_circuit(circuit)
    ways = _ways(circuit, compressed_under(preserve, form), preserve)
    engines = ways[0].forms
    result = Candidates(
        [*(each for way in ways for each in way.forms), merged(form)], [], [way.circuit for way in ways], ways[0].met
    )
    if engines[-1].two_qubit_gates > 1 and can_fold(circuit):
        for form in synthesis(ways, preserve):
            result.synthesised.append(changed(form, phase=Angle(0, 0, engines[0].phase.terms)))
    elif engines[-1].two_qubit_gates > 1:

        def of_stretch(stretch: FlatCircuit, forms: Sequence[Interactions], preserve: str) -> list[Interactions]:
            ways = _ways(stretch, forms, preserve)
            made = Candidates([form for way in ways for form in way.forms], synthesis(ways, preserve))
            made = _with_shorter_triples(made, preserve, forms[-1].two_qubit_gates)
            return [*made.exact, *made.synthesised]

        better = between_barriers(circuit, of_stretch)
        if better is not None:
            form = changed(from_circuit(better[0]), neglected=better[1])
            result.synthesised.extend(compressed_under(preserve, form))
    return _with_shorter_triples(result, preserve, engines[-1].two_qubit_gates)


def _with_shorter_triples(made: Candidates, preserve: str, most: int) -> Candidates:
    """The candidates and others with shorter blocks of three wires, made of those with at most `most` two-qubit gates.

    `most` is the count of the engine's form under the strictest contract, so that no weaker one goes without a form.
    For the same reason only forms that rename no inputs set the limit to others of these.
    """
    if most > MANY:
        most = min(form.two_qubit_gates for form in (*made.exact, *made.synthesised))
    solve: KnownTriples | None = None
    seen: set[tuple[object, ...]] = set()
    met = Met()
    best = _Best()
    best.note([*made.exact, *made.synthesised])
    for forms in (made.exact, made.synthesised):
        for form in [*forms]:
            content = items_content(form)
            if form.two_qubit_gates > most or content in seen:
                continue
            seen.add(content)
            gathered = triples(form)
            if gathered.is_empty:
                continue
            from ionqdsl.passes.triples.known_triples import KnownTriples  # brings numpy
            from ionqdsl.passes.triples.resynthesise_triples import Prospects
            from ionqdsl.passes.triples.resynthesise_triples import shortened as shorter_triples

            solve = solve or KnownTriples()
            prospects = Prospects(best.limit(form), solve.least)
            shorter = shorter_triples(form, gathered, preserve, solve, met, prospects)
            best.note(shorter)
            forms += shorter
    return made


class _Best:
    """The fewest two-qubit gates of any form, and of those that rename no inputs."""

    def __init__(self) -> None:
        self._any = self._named = UNBOUNDED

    def note(self, forms: Sequence[Interactions]) -> None:
        """Counts forms."""
        if not forms:
            return
        self._any = min([self._any, *(form.two_qubit_gates for form in forms)])
        self._named = min([self._named, *(form.two_qubit_gates for form in forms if form.inputs is None)])

    def limit(self, form: Interactions) -> int:
        """The most two-qubit gates that shorter blocks may leave a form with."""
        best = self._named if form.inputs is None else self._any
        return best + SPARE + best // SHARE


def _ways(circuit: FlatCircuit, engines: Sequence[Interactions], preserve: str) -> list[Way]:
    """The circuit with these forms, and with its Toffolis found, paired and turned, and with wires that share partners,
    if that changes it.
    """
    others = other_ways(circuit, preserve) if engines[-1].two_qubit_gates > 1 else []
    sharing = with_shared_partners(circuit)
    others += [OtherWay(sharing, is_looser=False)] if sharing is not circuit else []
    made = [(each, compressed_under(preserve, from_circuit(each.circuit))) for each in others]
    met: list[ProgramPair] = []
    turned = [Way(each.circuit, forms, met, each.is_looser, each.is_extra) for each, forms in made]
    return [Way(circuit, engines, met), *turned]


def native(candidates: Candidates, circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """The cheapest of the candidates as a native circuit, or the circuit gate by gate."""
    note_ways(candidates, circuit, context)
    best = cheapest(candidates, circuit, context, lambda form: sketch_of(form, circuit, context))
    return choose_native(circuit, context) if best is None else best


def note_ways(candidates: Candidates, circuit: FlatCircuit, context: PassContext) -> None:
    """Notes how to make the circuits that a comparison may go by, if there will be one."""
    if context.options.verify:
        context.waypoints.append(partial(_waypoints, candidates.ways, candidates.met, circuit))


def _waypoints(
    ways: Sequence[FlatCircuit], met: Sequence[ProgramPair], circuit: FlatCircuit
) -> Iterator[Sequence[FlatCircuit]]:
    """Other ways to write a circuit, and programs each with one that is synthesised from it."""
    for way in ways:
        yield [way]
    whole = with_whole_toffolis(circuit) if ways else None
    if whole is not None:
        yield [whole]
    for pair in met:
        yield [circuit_of(program, pair.inputs) for program in (pair.before, pair.after)]


class _Sketched(NamedTuple):
    form: Interactions
    content: Content
    sketch: Sketch


class _Priced(NamedTuple):
    price: Price
    attempt: Written
    form: Interactions


def cheapest(
    candidates: Candidates, circuit: FlatCircuit, context: PassContext, sketched: Callable[[Interactions], Sketch]
) -> FlatCircuit | None:
    """The cheapest circuit of the forms with the fewest two-qubit gates; None if all forms neglect too much.

    With a characterization of the machine, the circuit of any form with the least expected infidelity. The context
    learns of its input permutation and of its rounding.
    """
    machine = context.options.characterization
    best: _Priced | None = None
    seen: set[Content] = set()
    for alike in _by_interaction([*candidates.exact, *candidates.synthesised]):
        if best is not None and machine is None:
            break
        sketches = [_Sketched(form, content_of(form), sketched(form)) for form in alike]
        for form, content, sketch in sorted(sketches, key=lambda each: each.sketch.least):
            if content in seen or (best is not None and sketch.least >= best.price):
                continue
            attempt = sketch.write()
            if not context.budget.has_room(attempt.neglected, len(circuit.rows)):
                continue
            seen.add(content)
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


def quick_synthesis(ways: Sequence[Way], preserve: str) -> list[Interactions]:
    """Greedy syntheses that come near the engine's forms, with those of free fermions in their shorter form; of a large
    circuit, the engine's forms improved window by window.

    The form under the strictest contract decides, so that a weaker one never goes without a synthesis that pays.
    """
    circuit, form = ways[0].circuit, ways[0].forms[-1]
    if _is_forest(form):
        return []
    is_large = len(circuit.rows) > MOST_ROWS or circuit.width > WIDEST
    folded = None if is_large else fold(program_of(circuit))
    dense = _dense_clifford(circuit, form, preserve)
    if dense:
        return dense
    if folded is None or folded.count > MOST_ROTATIONS:
        best = min(ways, key=lambda way: way.forms[-1].two_qubit_gates)
        return window_forms(best.forms, preserve, best.met)
    chains: MetRotations = {}
    shorter, known = shortened(folded, met=chains), known_throughout(folded, preserve)
    ring = shortened(folded, known, chains) if known else None
    programs = [folded, *([] if shorter is None else [shorter])]
    result = [form for each in (shorter, ring) if each is not None for form in _as_it_is(each, preserve)]
    met = Met()
    plain, extra = ([way for way in ways if way.is_extra == is_extra] for is_extra in (False, True))
    result += _syntheses(plain, ways[0], programs, ring, preserve, met, chains)
    return [*result, *(_syntheses(extra, ways[0], [], None, preserve, met, chains) if extra else [])]


def _syntheses(
    ways: Sequence[Way],
    source: Way,
    programs: list[Folded],
    ring: Folded | None,
    preserve: str,
    met: Met,
    chains: MetRotations,
) -> list[Interactions]:
    """The syntheses of some programs of a circuit and of ways to write it that come near the engine's form."""
    programs = [*programs, *(fold(program_of(way.circuit)) for way in ways if way is not source and not way.is_looser)]
    phaseless = [fold(program_of(way.circuit)) for way in ways if way.is_looser]
    looser = _looser([*programs, *phaseless], preserve, ring, chains)
    result: list[Interactions] = []
    for several in (programs, phaseless, *looser):  # apart: no candidate of a stricter contract is crowded out
        near = [way.forms[-1].two_qubit_gates for way in ways if several is not programs or not way.is_looser]
        if not near:
            continue
        fewest = min(near)
        most = int(min(NEAR * source.forms[-1].two_qubit_gates, NEAR_OTHERS * fewest)) + SLACK
        is_measured = several is not programs and several is not phaseless
        plain = tried(several, most)
        for tries in (plain, tried_by_chance(several, plain, most)):  # apart, so that none crowds out another
            result += best_forms([one for one in tries if one.renamed <= most], preserve, most, met)
            shorter_tails = with_short_tails(tries, preserve, is_measured=is_measured)
            result += best_forms(shorter_tails, preserve, most, met, swept=0)
            result += improved_tries(tries, preserve, fewest, met)
    return result


def _looser(programs: Sequence[Folded], preserve: str, ring: Folded | None, chains: MetRotations) -> list[list[Folded]]:
    """Programs that are equal to others only under a contract: for this one and for stricter ones.

    A weaker contract has shorter programs, of which the syntheses may be longer.
    """
    several: list[list[Folded]] = []
    for contract in not_weaker(preserve):
        looser = [] if ring is None or several else [ring]
        for program in [other for each in programs for other in loosened(each, contract)]:
            looser += [one for one in (program, shortened(program, met=chains)) if one is not None]
        if looser and looser not in several:
            several.append(looser)
    return several


def _dense_clifford(circuit: FlatCircuit, form: Interactions, preserve: str) -> list[Interactions]:
    """The forms of a wide Clifford written qubit by qubit, if it has so many two-qubit gates that this saves some."""
    is_dense = circuit.width > SEARCHED and DENSE * form.two_qubit_gates > circuit.width**2
    if not is_dense or len(circuit.rows) > MOST_ROWS:
        return []
    program = program_of(circuit)
    folded = fold(program)
    tries = [] if folded.count else tried_by_qubits(program, folded)
    if min([one.still for one in tries], default=form.two_qubit_gates) >= form.two_qubit_gates:
        return []
    return best_forms(tries, preserve, swept=0)


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


def _by_interaction(forms: Sequence[Interactions]) -> Iterator[list[Interactions]]:
    """The forms with equal first parts of a cost, as far as a form shows them, the cheapest first: two-qubit gates and
    the sum of their angles, which is rounded more than there.
    """
    for _, several in groupby(sorted(forms, key=_gates), key=_gates):
        sized = sorted([(_size(form), form) for form in several], key=itemgetter(0))
        for _, alike in groupby(sized, key=itemgetter(0)):
            yield [form for _, form in alike]


def _gates(form: Interactions) -> int:
    return form.two_qubit_gates


def _size(form: Interactions) -> float:
    numbers = numbers_of(form)
    if numbers is not None:
        return round(sum([abs(t) / math.pi for t in numbers.angles]), 6)
    sizes = [item.t for item in form.items if isinstance(item, Interaction)]
    return round(sum([abs(t) / math.pi if type(t) is float else _turns(t) for t in sizes]), 6)


def _turns(t: float | Angle) -> float:
    if isinstance(t, Angle):
        return 0.25 if t.terms else abs(t.in_turns())
    return abs(t) / math.pi
