"""Chooses where the wires of a routing problem start, if they may start anywhere.

Takes the steps of a problem and the places of a machine; returns the place of each wire. A placement is perfect if all
pairs that interact are connected.
"""

from __future__ import annotations

import math
import random

from ionqdsl.passes.routing.places import Places
from ionqdsl.passes.routing.swap_search import RoutingProblem

MOST_STEPS = 20_000
"""The search for a perfect placement ends after so many trials of a place."""

FADING = 0.97
"""The weight of an interaction over that of the one before it."""

ROUNDS, WARMTH = 60, 1.0
"""Exchanges that are tried for each place, and how much farther the first ones may bring partners apart."""


def embedded(problem: RoutingProblem, places: Places) -> tuple[int, ...] | None:
    """A perfect placement; None if there is none, or none was found in time."""
    partners = _partners(problem, places.width)
    if sum(map(len, partners)) > 2 * len(places.pairs):
        return None
    order = _order(partners)
    place: dict[int, int] = {}
    used: set[int] = set()
    connected = [set(near) for near in places.neighbours]

    def options(wire: int) -> list[int]:
        known = [place[other] for other in partners[wire] if other in place]
        near = places.neighbours[known[0]] if known else range(places.width)
        fitting = [p for p in near if p not in used and all(p in connected[q] for q in known)]
        fitting = [p for p in fitting if len(connected[p]) >= len(partners[wire])]
        return sorted(fitting, key=lambda p: (len(connected[p] - used), p), reverse=True)

    waiting = [options(order[0])] if order else []
    for _ in range(MOST_STEPS):
        if len(place) == len(order):
            break
        if not waiting[-1]:
            waiting.pop()
            if not waiting:
                return None
            used.remove(place.pop(order[len(waiting) - 1]))
            continue
        place[order[len(waiting) - 1]] = chosen = waiting[-1].pop()
        used.add(chosen)
        if len(place) < len(order):
            waiting.append(options(order[len(waiting)]))
    if len(place) < len(order):
        return None
    rest = iter([p for p in range(places.width) if p not in used])
    return tuple([place[wire] if wire in place else next(rest) for wire in range(places.width)])


def _partners(problem: RoutingProblem, width: int) -> list[set[int]]:
    partners: list[set[int]] = [set() for _ in range(width)]
    for wires, pair in zip(problem.wires, problem.pairs, strict=True):
        if pair is not None:
            a, b = wires
            partners[a].add(b)
            partners[b].add(a)
    return partners


def _order(partners: list[set[int]]) -> list[int]:
    """The wires that interact, each next to earlier ones if any are: from an end of a chain along it."""
    left = {wire for wire, others in enumerate(partners) if others}
    order: list[int] = []
    while left:
        near = [min(left, key=lambda wire: (_degree(partners, wire), wire))]
        while near:
            wire = max(near, key=lambda one: (len(partners[one] - left), -one))
            near.remove(wire)
            left.remove(wire)
            order.append(wire)
            near += [other for other in sorted(partners[wire] & left) if other not in near]
    return order


def _degree(partners: list[set[int]], wire: int) -> int:
    """The number of partners, the largest first, but an end of a chain before its middle."""
    degree = len(partners[wire])
    return -degree if degree > 2 else degree


def annealed(problem: RoutingProblem, places: Places, choices: random.Random) -> tuple[int, ...]:
    """A placement that brings partners close, the first ones most: random exchanges of places, kept if they help."""
    weights: list[dict[int, float]] = [{} for _ in range(places.width)]
    weight = 1.0
    for wires, pair in zip(problem.wires, problem.pairs, strict=True):
        if pair is not None:
            a, b = wires
            weights[a][b] = weights[a].get(b, 0.0) + weight
            weights[b][a] = weights[b].get(a, 0.0) + weight
            weight = max(weight * FADING, 1e-9)
    distances, width = places.distances, places.width
    wire, place = list(range(width)), list(range(width))
    total = ROUNDS * width
    for number in range(-2 * width, total):  # at first any exchange, to begin elsewhere each time
        p, q = choices.sample(range(width), 2)
        if distances[p][q] < 0:
            continue
        a, b = wire[p], wire[q]
        now, then = distances[p], distances[q]
        change = sum(w * (then[place[c]] - now[place[c]]) for c, w in weights[a].items() if c != b)
        change += sum(w * (now[place[c]] - then[place[c]]) for c, w in weights[b].items() if c != a)
        warmth = WARMTH * (1 - number / total)
        if change <= 0 or number < 0 or (warmth > 0 and choices.random() < math.exp(-change / warmth)):
            wire[p], wire[q] = b, a
            place[a], place[b] = q, p
    return tuple(place)
