"""Does the steps of a routing problem one after another, with the swaps that a heuristic chooses.

An `Attempt` begins with a placement and ends when all steps are done. Steps that are possible are done at once. A swap
is chosen by its effect on the next steps of the two wires: how much nearer it brings their partners, later steps
counting less (after SABRE, G. Li, Y. Ding, Y. Xie, ASPLOS 2019), and how many gates it adds once gates of a pair are
merged. A swap of a pair that has just interacted may come before any step waits for it (after MIRAGE, E. McKinney,
M. Hatridge, A. Jones, HPCA 2024).
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from ionqdsl.passes.routing.merged_pairs import MergedPairs, PairStep
from ionqdsl.passes.routing.places import Places
from ionqdsl.record import record

REACH, SEEN = 10, 20
"""A swap is judged by the steps of so many groups on a wire, and by so many of its next steps."""


class RoutedStep(NamedTuple):
    """A step by its number, or the swap of two places, whose number is -1."""

    number: int
    places: tuple[int, ...]


@record
class Route:
    """The steps and swaps in order, where each wire starts and ends, and the two-qubit gates they are estimated at."""

    steps: list[RoutedStep]
    start: tuple[int, ...]
    end: tuple[int, ...]
    cost: int

    @property
    def inputs(self) -> tuple[int, ...] | None:
        """The wire that starts on each place; None if all start on their own."""
        wires = tuple(sorted(range(len(self.start)), key=self.start.__getitem__))
        return None if wires == tuple(range(len(wires))) else wires

    def reversed(self) -> Route:
        """The route from its end to its start."""
        return Route(self.steps[::-1], self.end, self.start, self.cost)


@record(frozen=False)
class RoutingProblem:
    """Steps on wires: the wires of each, and the numbers of those that must come before and after it.

    `pairs` has the interaction of each step that needs connected places, None for the others. `ranks` are the numbers
    of the groups that a step is in on its wires; the steps of a group may be done in any order.
    """

    wires: list[tuple[int, ...]]
    pairs: list[PairStep | None]
    ranks: list[tuple[int, ...]]
    before: list[list[int]]
    after: list[list[int]]
    merged: MergedPairs

    def rank(self, number: int, wire: int) -> int:
        """The number of a step's group on a wire."""
        return self.ranks[number][self.wires[number].index(wire)]

    def backwards(self) -> RoutingProblem:
        """The same problem in reverse."""
        ranks = [tuple([-rank for rank in of_step]) for of_step in self.ranks]
        return RoutingProblem(self.wires, self.pairs, ranks, self.after, self.before, self.merged)


class Weights(NamedTuple):
    """How an attempt judges swaps.

    `fading` is the weight of a step over that of the one before it on its wire, `gates` the weight of an added gate,
    `eagerness` that of swaps no step waits for (0 for none), and `noise` the size of random differences. Steps that may
    be done in any order come as they are listed, or the nearest first.
    """

    fading: float
    gates: float
    eagerness: float
    noise: float
    is_nearest_first: bool


class Queues:
    """The steps of each wire that need connected places, in order, and their positions on each of their wires."""

    def __init__(self, problem: RoutingProblem, width: int, is_backwards: bool = False) -> None:
        self.of: list[list[int]] = [[] for _ in range(width)]
        numbers = range(len(problem.pairs))
        for number in reversed(numbers) if is_backwards else numbers:
            if problem.pairs[number] is not None:
                for wire in problem.wires[number]:
                    self.of[wire].append(number)
        positions: list[dict[int, int]] = []
        for wire, queue in enumerate(self.of):
            queue.sort(key=lambda number: problem.rank(number, wire))
            positions.append({number: position for position, number in enumerate(queue)})
        self.positions = [
            tuple([positions[wire][number] for wire in wires]) if pair is not None else ()
            for number, (wires, pair) in enumerate(zip(problem.wires, problem.pairs, strict=True))
        ]


class Attempt:
    """The steps so far, the place of each wire and the wire on each place, and the gates of the pairs still open.

    `weighed` counts the distances that were compared.
    """

    def __init__(self, problem: RoutingProblem, queues: Queues, places: Places, place: Sequence[int]) -> None:
        self.problem, self.queues, self.places = problem, queues, places
        self.ranks = queues.positions
        self.start = tuple(place)
        self.place = list(place)
        self.wire = sorted(range(len(place)), key=place.__getitem__)
        self.steps: list[RoutedStep] = []
        self.partner = [-1] * len(place)
        self.state: list[int] = [0] * len(place)
        self.cost = 0
        self.missing = [len(before) for before in problem.before]
        self.is_done = [False] * len(problem.wires)
        self.first = [0] * len(place)
        self.rank = [self._rank(wire) for wire in range(len(place))]
        self.weighed = 0
        self.done = 0
        self.is_nearest_first = False

    def replay(self, steps: Sequence[RoutedStep]) -> None:
        """Repeats steps and swaps of another attempt."""
        for step in steps:
            if step.number < 0:
                self.swap(*step.places)
            else:
                self.do(step.number)

    def copy(self) -> Attempt:
        """An attempt that goes on from here by itself."""
        result = Attempt.__new__(Attempt)
        result.__dict__.update(self.__dict__)
        for name in ("place", "wire", "steps", "partner", "state", "missing", "is_done", "first", "rank"):
            setattr(result, name, getattr(self, name).copy())
        result.weighed = 0
        return result

    def route(self) -> Route:
        """The steps so far."""
        return Route(self.steps, self.start, tuple(self.place), self.cost)

    def run(
        self,
        choices: random.Random,
        weights: Weights,
        returns: bool,
        limit: int | None = None,
        until: int | None = None,
    ) -> bool:
        """Does the steps that are left, and brings the wires home if it `returns`.

        False once it costs more than `limit`. Ends early when `until` interactions are done.
        """
        self.is_nearest_first = weights.is_nearest_first
        self.ranks = self.problem.ranks if weights.is_nearest_first else self.queues.positions
        self.rank = [self._rank(wire) for wire in range(len(self.place))]
        fades = [weights.fading**rank for rank in range(REACH + 1)]
        idle = 0
        fatigue = [0.0] * self.places.width
        waiting = deque(
            [number for number, missing in enumerate(self.missing) if not missing and not self.is_done[number]]
        )
        blocked: list[int] = []
        while True:
            done = len(self.steps)
            self._do_possible(waiting, blocked, weights, fades)
            if not blocked:
                break
            if limit is not None and self.cost > limit:
                return False
            if until is not None and self.done >= until:
                return True
            if len(self.steps) > done:
                idle = 0
                fatigue = [0.0] * self.places.width
            idle += 1
            if idle > 3 * self.places.width:  # the weights lead in circles: the shortest way for one
                self._bring_together(*self.problem.wires[blocked[0]])
            else:
                p, q = self._chosen(blocked, choices, weights, fades, fatigue)
                self.swap(p, q)
                fatigue[p] += 0.02
                fatigue[q] += 0.02
            waiting.extend(blocked)
            blocked.clear()
        if returns:
            self._return_home()
        return limit is None or self.cost <= limit

    def distance_left(self, fades: list[float]) -> float:
        """How far apart the wires of the next steps are, later steps counting less."""
        distances, place, wires, ranks = self.places.distances, self.place, self.problem.wires, self.ranks
        total = 0.0
        for wire, queue in enumerate(self.queues.of):
            for number in queue[self.first[wire] : self.first[wire] + SEEN]:
                a, b = wires[number]
                if a == wire and not self.is_done[number]:
                    one, other = ranks[number]
                    ahead = max(one - self.rank[a], other - self.rank[b])
                    if ahead < REACH:
                        total += fades[ahead] * (distances[place[a]][place[b]] - 1)
        return total

    def _do_possible(self, waiting: deque[int], blocked: list[int], weights: Weights, fades: list[float]) -> None:
        """Does every step that is possible now; `waiting` are those to try, `blocked` those that cannot be done."""
        problem, place, distances = self.problem, self.place, self.places.distances
        pairs, wires, missing = problem.pairs, problem.wires, self.missing
        while waiting:
            number = waiting.popleft()
            if pairs[number] is not None:
                a, b = wires[number]
                if distances[place[a]][place[b]] != 1:
                    blocked.append(number)
                    continue
            self.do(number)
            for later in problem.after[number]:
                if not missing[later]:
                    waiting.append(later)
            if weights.eagerness and pairs[number] is not None and self.extra(place[a], place[b]) < 2:
                p, q = place[a], place[b]
                score = self._gain(p, q, fades) + weights.gates * self.extra(p, q)
                if score < -1 / weights.eagerness:
                    self.swap(p, q)
                    waiting.extend(blocked)
                    blocked.clear()

    def do(self, number: int) -> None:
        """Adds a step, wherever its wires are."""
        problem, place = self.problem, self.place
        wires = problem.wires[number]
        self.steps.append(RoutedStep(number, tuple([place[wire] for wire in wires])))
        self.is_done[number] = True
        for later in problem.after[number]:
            self.missing[later] -= 1
        pair = problem.pairs[number]
        if pair is not None:
            a, b = wires
            self.done += 1
            self._proceed(a)
            self._proceed(b)
            merged = problem.merged
            before = self._open(a, b)
            after = merged.after(before, pair)
            self._set(a, b, after)
            self.cost += merged.costs[after] - merged.costs[before]
        elif len(wires) > 1:
            for wire in wires:  # a barrier: nothing merges across it
                self.partner[wire] = -1

    def _proceed(self, wire: int) -> None:
        """Finds the next steps of a wire."""
        queue, is_done = self.queues.of[wire], self.is_done
        first = self.first[wire]
        while first < len(queue) and is_done[queue[first]]:
            first += 1
        self.first[wire] = first
        self.rank[wire] = self._rank(wire)

    def _rank(self, wire: int) -> int:
        """The rank of the next step of a wire."""
        queue = self.queues.of[wire]
        if self.first[wire] == len(queue):
            return 0
        number = queue[self.first[wire]]
        return self.ranks[number][self.problem.wires[number].index(wire)]

    def swap(self, p: int, q: int) -> None:
        """Exchanges two places."""
        self.steps.append(RoutedStep(-1, (p, q)))
        merged = self.problem.merged
        a, b = self.wire[p], self.wire[q]
        before = self._open(a, b)
        after = merged.swapped(before)
        self._set(a, b, after)
        self.cost += merged.costs[after] - merged.costs[before]
        self.wire[p], self.wire[q] = b, a
        self.place[a], self.place[b] = q, p

    def _set(self, a: int, b: int, state: int) -> None:
        if self.problem.merged.merges:
            self.partner[a], self.partner[b] = b, a
            self.state[a] = self.state[b] = state

    def _open(self, a: int, b: int) -> int:
        """The state of a pair of wires since another gate touched one of the two."""
        return self.state[a] if self.partner[a] == b and self.partner[b] == a else 0

    def extra(self, p: int, q: int) -> int:
        """The gates that a swap of two places adds."""
        merged = self.problem.merged
        before = self._open(self.wire[p], self.wire[q])
        return merged.costs[merged.swapped(before)] - merged.costs[before]

    def _chosen(
        self, blocked: list[int], choices: random.Random, weights: Weights, fades: list[float], fatigue: list[float]
    ) -> tuple[int, int]:
        """The swap of least score among those that move a wire of a blocked step."""
        place, neighbours = self.place, self.places.neighbours
        wires = self.problem.wires
        seen: set[tuple[int, int]] = set()
        best, least = (0, 0), 1e30
        for number in blocked:
            for wire in wires[number]:
                p = place[wire]
                for q in neighbours[p]:
                    pair = (p, q) if p < q else (q, p)
                    if pair in seen:
                        continue
                    seen.add(pair)
                    score = self._gain(p, q, fades) + weights.gates * self.extra(p, q)
                    score += max(fatigue[p], fatigue[q]) + weights.noise * choices.random()
                    if score < least:
                        best, least = pair, score
        return best

    def _gain(self, p: int, q: int, fades: list[float]) -> float:
        """How much farther a swap brings the wires of two places from their next partners."""
        distances, place = self.places.distances, self.place
        rank, is_done, wires, ranks = self.rank, self.is_done, self.problem.wires, self.ranks
        is_sorted = self.is_nearest_first
        total = 0.0
        for a, q0, now, then in (
            (self.wire[p], q, distances[p], distances[q]),
            (self.wire[q], p, distances[q], distances[p]),
        ):
            first, own = self.first[a], rank[a]
            upcoming = self.queues.of[a][first : first + SEEN]
            self.weighed += len(upcoming) + 2
            nearest: list[tuple[int, int, int, int]] = []
            for number in upcoming:
                if is_done[number]:
                    continue
                one, other = wires[number]
                if one == a:
                    c = other
                    ahead, theirs = ranks[number]
                else:
                    c = one
                    theirs, ahead = ranks[number]
                r = place[c]
                nearest.append((ahead - own, now[r], theirs - rank[c], r))
            if is_sorted:
                nearest.sort()
            for place_in_line, (_, distance, theirs, r) in enumerate(nearest):
                if place_in_line >= REACH:
                    break
                ahead = place_in_line if place_in_line > theirs else theirs
                if r != q0 and ahead < REACH:
                    total += fades[ahead] * (then[r] - distance)
        return total

    def _bring_together(self, a: int, b: int) -> None:
        distances = self.places.distances
        goal = self.place[b]
        while distances[self.place[a]][goal] > 1:
            p = self.place[a]
            self.swap(p, min(self.places.neighbours[p], key=lambda near: distances[near][goal]))

    def _return_home(self) -> None:
        """Brings every wire to the place of its own number: by swaps that help two wires, and then leaf by leaf."""
        while True:
            p, q = max(self.places.pairs, key=lambda pair: self._nearer(*pair), default=(0, 0))
            if p == q or self._nearer(p, q) < 1:
                break
            self.swap(p, q)
        left = set(range(self.places.width))
        for leaf in self.places.leaves:
            while (place := self.place[leaf]) != leaf:
                near = [x for x in self.places.neighbours[place] if x in left]
                self.swap(place, min(near, key=lambda x: self.places.within(left, x)[leaf]))
            left.remove(leaf)

    def _nearer(self, p: int, q: int) -> int:
        """By how much a swap brings two wires nearer to their places, if it keeps neither away from its own."""
        distances = self.places.distances
        one, other = self.wire[p], self.wire[q]
        return distances[p][one] + distances[q][other] - distances[q][one] - distances[p][other]
