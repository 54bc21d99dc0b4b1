"""Finds the swaps that bring interacting qubits next to each other on a machine that does not connect every pair.

Takes steps on wires with their order, and the connected pairs of places; returns the steps in a possible order with
swaps of places between them. Every wire starts on the place of its own number; where it ends is free, or that place
again. Cheap is the route whose two-qubit gates are fewest once the gates of a pair that follow each other are merged:
a swap next to a quarter-turn interaction of its pair costs one gate more, next to another one two, alone three.

Small problems are solved exactly, by Dijkstra's algorithm over placements. Others are solved many times with the
heuristic of SABRE (G. Li, Y. Ding, Y. Xie, ASPLOS 2019), with other weights and other choices among equals.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Sequence
from functools import cached_property
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from ionqdsl.record import record

QUARTER, PARTIAL, FREE = "quarter", "partial", ""
"""Kinds of steps: an interaction by a quarter turn, one by another angle, and one that needs no pair."""

SWAP = "swap"

_COST = {"": 0, QUARTER: 1, PARTIAL: 1, "two": 2, "three": 3, SWAP: 3}
_MERGED = {
    "": {QUARTER: QUARTER, PARTIAL: PARTIAL, SWAP: SWAP},
    QUARTER: {QUARTER: "two", PARTIAL: "two", SWAP: "two"},
    PARTIAL: {QUARTER: "two", PARTIAL: "two", SWAP: "three"},
    "two": {QUARTER: "three", PARTIAL: "three", SWAP: "three"},
    "three": {QUARTER: "three", PARTIAL: "three", SWAP: "three"},
    SWAP: {QUARTER: "two", PARTIAL: "three", SWAP: ""},
}
"""The gates of a pair that follow each other -> the next one -> all of them, and how many gates they are merged.

A Weyl chamber has a swap at its far corner: it turns the coordinates (a, b, c) into about (pi/4 - c, pi/4 - b,
pi/4 - a), so that a quarter turn and a swap are two interactions. For the others the most is assumed.
"""

FEW_PLACES, FEW_STEPS, FEW_STATES = 6, 60, 1_500
"""Up to so many places and steps a problem is solved exactly, if that takes no more states than these."""

EFFORT = 500_000
"""Attempts begin until they have compared so many distances together, some tenths of a second."""

ATTEMPTS = 40


class RoutedStep(NamedTuple):
    """A step by its number, or the swap of two places, whose number is -1."""

    number: int
    places: tuple[int, ...]


@record
class Route:
    """The steps and swaps in order, the place where each wire starts, and the two-qubit gates they are estimated at."""

    steps: list[RoutedStep]
    start: tuple[int, ...]
    cost: int


@record(frozen=False)
class RoutingProblem:
    """Steps on wires: the wires and kind of each, and the numbers of those that must come before and after it.

    `neighbours` are the places connected with each place.
    """

    wires: list[tuple[int, ...]]
    kinds: list[str]
    before: list[list[int]]
    after: list[list[int]]
    neighbours: list[list[int]]

    def backwards(self) -> RoutingProblem:
        """The same problem in reverse."""
        return RoutingProblem(self.wires, self.kinds, self.after, self.before, self.neighbours)


class Places:
    """The connected pairs of `width` places, and how far apart two places are."""

    def __init__(self, width: int, pairs: Iterable[tuple[int, int]]) -> None:
        self.width = width
        self.pairs = {(min(a, b), max(a, b)) for a, b in pairs if a < width and b < width}
        self.neighbours: list[list[int]] = [[] for _ in range(width)]
        for a, b in sorted(self.pairs):
            self.neighbours[a].append(b)
            self.neighbours[b].append(a)

    @cached_property
    def distances(self) -> list[list[int]]:
        """The number of connections between two places; -1 if no way leads from one to the other."""
        return [self._from(place) for place in range(self.width)]

    def _from(self, start: int) -> list[int]:
        distance = [-1] * self.width
        distance[start] = 0
        waiting = deque([start])
        while waiting:
            place = waiting.popleft()
            for near in self.neighbours[place]:
                if distance[near] < 0:
                    distance[near] = distance[place] + 1
                    waiting.append(near)
        return distance


def routes(
    problem: RoutingProblem, places: Places, is_start_free: bool, seed: int, most: int, effort: float = 1.0
) -> list[Route]:
    """The cheapest routes found, at most `most`, cheapest first. Every wire ends on the place of its own number.

    If the start is not free, it starts there too. `effort` is a factor of the usual one.
    """
    found: dict[tuple[RoutedStep, ...], Route] = {}
    sides = (True,) if is_start_free else (False, True)
    for is_reversed in sides:
        one = problem.backwards() if is_reversed else problem
        for attempt in _attempts(one, places, not is_start_free, seed, EFFORT * effort / len(sides)):
            route = _forwards(attempt, is_reversed)
            found.setdefault(tuple(route.steps), route)
    return sorted(found.values(), key=lambda route: route.cost)[:most]


def _attempts(problem: RoutingProblem, places: Places, returns: bool, seed: int, effort: float) -> list[_Attempt]:
    is_small = places.width <= FEW_PLACES and len(problem.wires) <= FEW_STEPS
    exact = _solved(problem, places, returns) if is_small else None
    if exact is not None:
        return [exact]
    choices = random.Random(seed)
    attempts: list[_Attempt] = []
    for number in range(ATTEMPTS):
        attempt = _Attempt(problem, places, list(range(places.width)))
        attempt.run(choices, *_WEIGHTS[number % len(_WEIGHTS)], returns)
        attempts.append(attempt)
        effort -= attempt.weighed
        if effort < 0:
            break
    return attempts


_WEIGHTS = [(ahead, size, merging) for size in (20, 6, 50) for ahead in (0.5, 1.0, 0.25) for merging in (0.3, 0.0, 0.8)]
"""The weight of the steps ahead, how many of them count, and the weight of merging: one row an attempt."""


def _forwards(attempt: _Attempt, is_reversed: bool) -> Route:
    """The route of an attempt; the places of a reversed one are where its wires end."""
    steps = attempt.steps[::-1] if is_reversed else attempt.steps
    start = attempt.place if is_reversed else range(len(attempt.place))
    return Route(steps, tuple(start), attempt.cost)


class _Attempt:
    """The steps so far, the place of each wire and the wire on each place, and the gates of the pairs still open.

    `weighed` counts the distances that were compared.
    """

    def __init__(self, problem: RoutingProblem, places: Places, place: list[int]) -> None:
        self.problem, self.places = problem, places
        self.place = place
        self.wire = sorted(range(len(place)), key=place.__getitem__)
        self.steps: list[RoutedStep] = []
        self.partner = [-1] * len(place)
        self.merged: dict[tuple[int, int], str] = {}
        self.cost = 0
        self.missing = [len(before) for before in problem.before]
        self.ready = deque(number for number, missing in enumerate(self.missing) if not missing)
        self.blocked: list[int] = []
        self.weighed = 0

    def run(self, choices: random.Random, ahead: float, size: int, merging: float, returns: bool) -> None:
        """Does all steps, and brings the wires home if it `returns`."""
        idle = 0
        fatigue = [1.0] * self.places.width
        while True:
            done = len(self.steps)
            self._do_steps()
            if not self.blocked:
                break
            if len(self.steps) > done:
                idle, fatigue = 0, [1.0] * self.places.width
            idle += 1
            if idle > 2 * self.places.width:  # the weights lead in circles: the shortest way for one
                self._bring_together(*self.problem.wires[self.blocked[0]])
                continue
            swaps = self._candidates()
            scores = self._scores(swaps, ahead, size, merging, fatigue)
            least = min(scores)
            p, q = choices.choice([swap for swap, score in zip(swaps, scores, strict=True) if score < least + 1e-9])
            self.swap(p, q)
            fatigue[p] += 0.001
            fatigue[q] += 0.001
        if returns:
            self._return_home()

    def _do_steps(self) -> None:
        """Does every step that is possible now."""
        ready, problem = self.ready, self.problem
        ready.extend(self.blocked)
        self.blocked = []
        while ready:
            number = ready.popleft()
            if not self._is_possible(number):
                self.blocked.append(number)
                continue
            self.do(number)
            for later in problem.after[number]:
                self.missing[later] -= 1
                if not self.missing[later]:
                    ready.append(later)

    def _is_possible(self, number: int) -> bool:
        if self.problem.kinds[number] == FREE:
            return True
        a, b = self.problem.wires[number]
        return self.places.distances[self.place[a]][self.place[b]] == 1

    def do(self, number: int) -> None:
        """Adds a step, wherever its wires are."""
        places = tuple([self.place[wire] for wire in self.problem.wires[number]])
        self.steps.append(RoutedStep(number, places))
        kind = self.problem.kinds[number]
        if kind != FREE:
            p, q = places
            self._merge(p, q, kind)

    def swap(self, p: int, q: int) -> None:
        """Exchanges two places."""
        self.steps.append(RoutedStep(-1, (p, q)))
        self._merge(p, q, SWAP)
        one, other = self.wire[p], self.wire[q]
        self.wire[p], self.wire[q] = other, one
        self.place[one], self.place[other] = q, p

    def _merge(self, p: int, q: int, kind: str) -> None:
        """Adds a gate to those of its pair that are still open, or begins with it."""
        pair = (p, q) if p < q else (q, p)
        before = self._open(p, q)
        after = self.merged[pair] = _MERGED[before][kind]
        self.partner[p], self.partner[q] = q, p
        self.cost += _COST[after] - _COST[before]

    def _open(self, p: int, q: int) -> str:
        """The gates of a pair since another gate touched one of the two."""
        is_open = self.partner[p] == q and self.partner[q] == p
        return self.merged[(p, q) if p < q else (q, p)] if is_open else ""

    def extra(self, p: int, q: int) -> int:
        """The gates that a swap of two places adds."""
        before = self._open(p, q)
        return _COST[_MERGED[before][SWAP]] - _COST[before]

    def _candidates(self) -> list[tuple[int, int]]:
        """The swaps that move a wire of a blocked step."""
        busy = dict.fromkeys(self.place[wire] for number in self.blocked for wire in self.problem.wires[number])
        neighbours = self.places.neighbours
        return [*dict.fromkeys((min(p, q), max(p, q)) for p in busy for q in neighbours[p])]

    def _scores(
        self, swaps: Sequence[tuple[int, int]], ahead: float, size: int, merging: float, fatigue: Sequence[float]
    ) -> list[float]:
        """How far apart the wires of the next steps are after each swap, and what it costs."""
        distances, place, wires = self.places.distances, self.place, self.problem.wires
        later = self._ahead(size)
        terms = [(number, 1 / len(self.blocked)) for number in self.blocked]
        terms += [(number, ahead / len(later)) for number in later]
        total = 0.0
        at: list[list[tuple[int, float]]] = [[] for _ in place]
        for number, weight in terms:
            a, b = wires[number]
            p, q = place[a], place[b]
            total += weight * distances[p][q]
            at[p].append((q, weight))
            at[q].append((p, weight))
        scores = []
        for p, q in swaps:
            score = total + merging * self.extra(p, q) / 3
            from_p, from_q = distances[p], distances[q]
            for other, weight in at[p]:
                if other != q:  # a pair that is exchanged stays as far apart
                    score += weight * (from_q[other] - from_p[other])
            for other, weight in at[q]:
                if other != p:
                    score += weight * (from_p[other] - from_q[other])
            scores.append(score * max(fatigue[p], fatigue[q]))
        self.weighed += len(swaps) + 2 * len(swaps) * len(terms) // len(place)
        return scores

    def _ahead(self, size: int) -> list[int]:
        """The next interactions after the blocked steps, at most `size`, nearest first."""
        after, kinds = self.problem.after, self.problem.kinds
        found: list[int] = []
        seen = set(self.blocked)
        waiting = deque(self.blocked)
        while waiting and len(found) < size:
            for later in after[waiting.popleft()]:
                if later not in seen:
                    seen.add(later)
                    waiting.append(later)
                    if kinds[later] != FREE:
                        found.append(later)
        return found

    def _bring_together(self, a: int, b: int) -> None:
        distances = self.places.distances
        goal = self.place[b]
        while distances[self.place[a]][goal] > 1:
            p = self.place[a]
            self.swap(p, min(self.places.neighbours[p], key=lambda near: distances[near][goal]))

    def _return_home(self) -> None:
        """Brings every wire to the place of its own number: by swaps that help two wires, and then leaf by leaf."""
        distances = self.places.distances
        while True:
            p, q = max(self.places.pairs, key=lambda pair: self._gain(*pair), default=(0, 0))
            if p == q or self._gain(p, q) < 1:
                break
            self.swap(p, q)
        left = set(range(self.places.width))
        for leaf in self._leaves():
            while (place := self.place[leaf]) != leaf:
                near = [x for x in self.places.neighbours[place] if x in left]
                self.swap(place, min(near, key=lambda x: _within(self.places, left, x)[leaf]))
            left.remove(leaf)
        assert all(distances[place][wire] == 0 for wire, place in enumerate(self.place))

    def _gain(self, p: int, q: int) -> int:
        """By how much a swap brings two wires nearer to their places, if it keeps neither away from its own."""
        distances = self.places.distances
        one, other = self.wire[p], self.wire[q]
        return distances[p][one] + distances[q][other] - distances[q][one] - distances[p][other]

    def _leaves(self) -> list[int]:
        """The places in an order in which each can be left out without cutting off another one."""
        order: list[int] = []
        seen: set[int] = set()
        for start in range(self.places.width):
            waiting = deque([start] if start not in seen else [])
            seen.add(start)
            while waiting:
                place = waiting.popleft()
                order.append(place)
                for near in self.places.neighbours[place]:
                    if near not in seen:
                        seen.add(near)
                        waiting.append(near)
        return order[::-1]


def _within(places: Places, left: set[int], start: int) -> dict[int, int]:
    """The distances from a place through the places that are left."""
    distance = {start: 0}
    waiting = deque([start])
    while waiting:
        place = waiting.popleft()
        for near in places.neighbours[place]:
            if near in left and near not in distance:
                distance[near] = distance[place] + 1
                waiting.append(near)
    return distance | {place: len(left) for place in left if place not in distance}


_State = tuple[tuple[int, ...], int, tuple[tuple[int, str], ...]]
"""The place of each wire, the steps done as bits, and for each place its partner and the gates that are open."""


def _solved(problem: RoutingProblem, places: Places, returns: bool) -> _Attempt | None:
    """The cheapest attempt; None if that takes too many states."""
    numbers = count()
    home = tuple(range(places.width))
    first = _closed(problem, places, (home, 0, ((-1, ""),) * places.width))
    waiting = [(first[1], next(numbers), first[0])]
    least: dict[_State, int] = {first[0]: first[1]}
    came: dict[_State, tuple[_State, tuple[int, int]] | None] = {first[0]: None}
    every = (1 << len(problem.wires)) - 1
    closed: set[_State] = set()
    while waiting and len(closed) < FEW_STATES:
        cost, _, state = heappop(waiting)
        if state in closed:
            continue
        closed.add(state)
        if state[1] == every and (not returns or state[0] == home):
            return _replayed(problem, places, came, state)
        for p, q in sorted(places.pairs):
            after, gates = _closed(problem, places, *_swapped(state, p, q))
            if after not in closed and cost + gates < least.get(after, 1 << 30):
                least[after] = cost + gates
                came[after] = (state, (p, q))
                heappush(waiting, (cost + gates, next(numbers), after))
    return None


def _swapped(state: _State, p: int, q: int) -> tuple[_State, int]:
    place, done, opened = state
    there = {p: q, q: p}
    opened, gates = _with_gate(opened, p, q, SWAP)
    return (tuple([there.get(x, x) for x in place]), done, opened), gates


def _with_gate(
    opened: tuple[tuple[int, str], ...], p: int, q: int, kind: str
) -> tuple[tuple[tuple[int, str], ...], int]:
    before = opened[p][1] if opened[p][0] == q and opened[q][0] == p else ""
    after = _MERGED[before][kind]
    changed = list(opened)
    changed[p], changed[q] = (q, after), (p, after)
    return tuple(changed), _COST[after] - _COST[before]


def _closed(problem: RoutingProblem, places: Places, state: _State, gates: int = 0) -> tuple[_State, int]:
    """The state after all steps that are possible in it, and the gates they add."""
    place, done, opened = state
    for number in _possible(problem, places, place, done):
        done |= 1 << number
        if problem.kinds[number] != FREE:
            p, q = (place[wire] for wire in problem.wires[number])
            opened, more = _with_gate(opened, p, q, problem.kinds[number])
            gates += more
    return (place, done, opened), gates


def _possible(problem: RoutingProblem, places: Places, place: Sequence[int], done: int) -> list[int]:
    """The steps that can be done one after another without a swap."""
    result: list[int] = []
    waiting = [n for n in range(len(problem.wires)) if not done >> n & 1 and _is_next(problem, n, done)]
    while waiting:
        number = waiting.pop(0)
        if problem.kinds[number] != FREE:
            a, b = problem.wires[number]
            if places.distances[place[a]][place[b]] != 1:
                continue
        result.append(number)
        done |= 1 << number
        waiting += [later for later in problem.after[number] if _is_next(problem, later, done)]
    return result


def _is_next(problem: RoutingProblem, number: int, done: int) -> bool:
    return all(done >> earlier & 1 for earlier in problem.before[number])


def _replayed(
    problem: RoutingProblem,
    places: Places,
    came: dict[_State, tuple[_State, tuple[int, int]] | None],
    last: _State,
) -> _Attempt:
    """The attempt whose swaps lead to a state."""
    swaps: list[tuple[int, int]] = []
    step = came[last]
    while step is not None:
        swaps.append(step[1])
        step = came[step[0]]
    attempt = _Attempt(problem, places, list(range(places.width)))
    done = 0
    for swap in (None, *reversed(swaps)):
        if swap is not None:
            attempt.swap(*swap)
        for number in _possible(problem, places, attempt.place, done):
            attempt.do(number)
            done |= 1 << number
    return attempt
