"""Gathers flips that are computed, used and computed back into flips under more controls.

Takes a network and returns one with fewer interactions. A flip is moved over the gates up to its equal, and both
cancel. Where it meets one that reads its target, or that flips one of its controls, a third flip stays, under the
controls of both. Texts that borrow a wire for a flip under three controls write four Toffolis; two pairs cancel so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ionqdsl.passes.networks.fewer_flips import MOST, fewer_flips
from ionqdsl.passes.networks.flip_costs import cost
from ionqdsl.passes.networks.masked_gates import masked, written_gates
from ionqdsl.passes.networks.network import FLIP, RELATIVE, UNDO, Network, NetworkGate
from ionqdsl.passes.networks.parities import Parity, Wires, wires_of
from ionqdsl.passes.networks.tidy import tidied

WORTH = 0.95
"""A network is worth a try if it has at most this share of the interactions."""

LEAST = 2
"""The fewest flips under two controls or more that can become fewer interactions."""


class GatheredFlips(NamedTuple):
    """A network with its flips gathered, and the same with Toffolis joined, as far as each is worth a try.

    `interactions` are those of the flips without joined Toffolis, `before` those of the source.
    """

    networks: list[Network]
    interactions: int
    before: int


def gathered(network: Network, width: int) -> GatheredFlips | None:
    """The network with flips gathered, which may borrow any wire of a circuit of this width; None if few are saved."""
    wires = wires_of(network.gates)
    steps = masked(network.gates, wires)
    if sum(step.is_wide for step in steps) < LEAST:
        return None
    before = cost(steps, width)
    steps = fewer_flips(steps, width, gathers=True, least=3)
    after = cost(steps, width)
    found = [steps] * (after <= WORTH * before)
    joined = fewer_flips(steps, width, gathers=False, least=2)
    if cost(joined, width) <= WORTH * after:
        found.append(joined)
    networks = []
    for each in found:
        left = tidied([gate for step in each for gate in written_gates(step, wires)])
        networks.append(Network(left.gates, network.phase + left.phase))
    return GatheredFlips(networks, after, before) if found else None


# --- phases that cancel ---------------------------------------------------------------------------------------------


def with_relative_flips(network: Network, is_free: Sequence[bool] = ()) -> Network:
    """The network with flips under three controls or more that are wrong by phases, where these cancel or are free.

    The phases of one are those of the bits on its controls and its target, where that is not flipped. Another one that
    has the same bits there can be its inverse, with the opposite phases.
    """
    if not any(map(_is_wide, network.gates)):
        return network
    gates = [*network.gates]
    waiting: dict[object, int] = {}
    order: dict[int, list[Parity]] = {}
    wires = Wires(wires_of(gates))
    for place, gate in enumerate(network.gates):
        if not _is_wide(gate):
            wires.follow(gate)
            continue
        *controls, target = gate.wires
        if is_free and is_free[place]:
            gates[place] = gate._replace(kind=RELATIVE)
        held = {wires.parities[control]: control for control in controls}
        before = wires.parities[target]
        wires.follow(gate)
        key = frozenset(held), frozenset((before, wires.parities[target]))
        earlier = waiting.pop(key, None)
        if earlier is None:
            waiting[key] = place
            order[place] = [*held]
        elif gates[earlier].kind == FLIP or gates[place].kind == FLIP:
            first = gates[earlier]
            gates[earlier] = first._replace(kind=RELATIVE)
            gates[place] = gate._replace(kind=UNDO, wires=(*[held[parity] for parity in order[earlier]], target))
    return network._replace(gates=gates)


def _is_wide(gate: NetworkGate) -> bool:
    """Whether it is a flip under three controls or more, but not too many."""
    return gate.kind == FLIP and 3 < len(gate.wires) <= MOST + 1
