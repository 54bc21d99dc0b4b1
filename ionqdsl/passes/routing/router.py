"""Finds the swaps that bring interacting qubits next to each other on a machine that does not connect every pair.

Takes steps on wires with their order, and the connected pairs of places; returns the steps in a possible order with
swaps of places between them. Where the wires start is free or given: wire w on place w; so is where they end. Cheap is
the route whose two-qubit gates are fewest once the gates of a pair that follow each other are merged.

Small problems are solved exactly. Others are solved step by step (swap_search.py), several attempts side by side of
which the best go on, from several placements and from both ends. Then a part of the best route at one of its ends is
done anew again and again, and kept if it costs no more.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ionqdsl.passes.routing.exact_routes import solved
from ionqdsl.passes.routing.placements import annealed, embedded
from ionqdsl.passes.routing.places import Places
from ionqdsl.passes.routing.swap_search import REACH, Attempt, Queues, Route, RoutedStep, RoutingProblem, Weights

EFFORT_EACH, MOST_EFFORT = 60_000, 10_000_000
"""For each step that needs connected places so many distances may be compared, more on wide machines, and for a problem
at most so many: a few seconds. One attempt is always made, however long it takes."""

MANY = 300
"""From so many steps on the effort shrinks again, since writing the route takes longer and longer."""

NARROW = 10
"""The most places for which no step gets more."""

ABREAST, COPIES = 4, 4
"""So many attempts go on side by side, each in so many ways."""

STRIDE = 8
"""Attempts are compared each time so many more steps are done."""

ALONE_SHARE, BESIDE_SHARE = 0.3, 0.6
"""The share of the effort after which single attempts end, and that after which attempts side by side end."""

PASSES = 3
"""From a placement the problem is solved forwards, backwards from where that ends, and so on."""

PROVEN = 4
"""So many sets of weights are remembered, those of the cheapest single attempts."""

FADING, GATES, EAGERNESS, NOISE = (0.3, 0.45, 0.6, 0.75), (0.2, 0.33, 0.5, 0.7), (0, 1, 4), (0, 0.05, 0.2)
"""The weights that attempts choose from (swap_search.py)."""

DISTANCE_COST = 2.0
"""The gates that wires of the next steps are assumed to cost for each connection between them: about a merged swap."""

PATIENCE = 600
"""The search ends once so many changes of the best route have not made it cheaper."""

Progress = Callable[[float, int], None]


class FreeEnds(NamedTuple):
    """Whether the wires may start and may end on any place, and not on that of their own number."""

    start: bool
    end: bool


def routes(
    problem: RoutingProblem,
    places: Places,
    free: FreeEnds,
    seed: int,
    most: int,
    effort: float = 1.0,
    progress: Progress | None = None,
) -> list[Route]:
    """The cheapest routes found, at most `most`, cheapest first; the same ones for the same arguments.

    `effort` is a factor of the usual one. `progress` is called with the share of it spent, and the fewest gates so far.
    """
    exact = solved(problem, places, *free)
    if exact is not None:
        return [exact]
    search = _Search(problem, places, free, random.Random(seed), effort, progress)
    search.run()
    return sorted(search.found.values(), key=lambda route: route.cost)[:most]


class _Search:
    """The routes found so far, by their steps, and the effort spent. Index 1 of the pairs is the problem in reverse."""

    def __init__(
        self,
        problem: RoutingProblem,
        places: Places,
        free: FreeEnds,
        choices: random.Random,
        effort: float,
        progress: Progress | None,
    ) -> None:
        self.problems = problem, problem.backwards()
        self.queues = Queues(self.problems[0], places.width), Queues(self.problems[1], places.width, True)
        self.places, self.free, self.choices, self.progress = places, free, choices, progress
        self.count = sum(pair is not None for pair in problem.pairs)
        each = EFFORT_EACH * max(1.0, places.width / NARROW)
        self.effort = effort * min(each * self.count, MOST_EFFORT * min(1.0, MANY / max(self.count, 1)))
        self.spent, self.told = 0, -1.0
        self.found: dict[tuple[RoutedStep, ...], Route] = {}
        self.best: Route | None = None
        self.proven: list[tuple[int, Weights]] = []

    def run(self) -> None:
        """Spends the effort: on attempts from many placements, then on attempts side by side, then on improvements."""
        home = tuple(range(self.places.width))
        perfect = embedded(self.problems[0], self.places) if all(self.free) else None
        is_reversed = self.free.start and not self.free.end
        self._alone(is_reversed, perfect or home)
        beam = ABREAST * COPIES * self.spent  # about the effort of attempts side by side
        if all(self.free) and not perfect:
            self._alone(True, home)
        both = self.free.start == self.free.end
        while self._goes_on(ALONE_SHARE):
            if all(self.free):
                is_reversed = False
                start = annealed(self.problems[0], self.places, self.choices)
                for _ in range(PASSES):
                    start = self._alone(is_reversed, start)
                    is_reversed = not is_reversed
            else:
                is_reversed = is_reversed != both
                self._alone(is_reversed, home)
        while self._goes_on(BESIDE_SHARE) and self.spent + beam < self.effort:
            assert self.best is not None
            start = self.best.end if is_reversed else self.best.start
            self._side_by_side(is_reversed, [start if all(self.free) else home])
            is_reversed = is_reversed != both
        self._improve()

    def _goes_on(self, share: float) -> bool:
        """Whether there is something to improve, and the share of the effort is not spent."""
        return self.spent < share * self.effort and self._has_swaps()

    def _alone(self, is_reversed: bool, start: Sequence[int]) -> tuple[int, ...]:
        """One attempt from a placement; where its wires end."""
        attempt = self._attempt(is_reversed, start)
        weights = self._weights()
        self._finish(attempt, is_reversed, weights)
        self.proven = sorted([*self.proven, (attempt.cost, weights)])[:PROVEN]
        return tuple(attempt.place)

    def _has_swaps(self) -> bool:
        return self.best is not None and any(step.number < 0 for step in self.best.steps)

    def _attempt(self, is_reversed: bool, place: Sequence[int]) -> Attempt:
        return Attempt(self.problems[is_reversed], self.queues[is_reversed], self.places, place)

    def _returns(self, is_reversed: bool) -> bool:
        return not (self.free.start if is_reversed else self.free.end)

    def _weights(self) -> Weights:
        """Random weights, or half of the time those of one of the best whole attempts so far."""
        chosen = self.choices.choice
        if self.proven and self.choices.random() < 0.5:
            return chosen(self.proven)[1]
        return Weights(chosen(FADING), chosen(GATES), chosen(EAGERNESS), chosen(NOISE), chosen((False, True)))

    def _finish(self, attempt: Attempt, is_reversed: bool, weights: Weights, limit: int | None = None) -> bool:
        """Does the remaining steps, and keeps a route that costs no more than the limit; whether it is the cheapest."""
        before = attempt.weighed
        is_whole = attempt.run(self.choices, weights, self._returns(is_reversed), limit)
        self.spent += attempt.weighed - before
        least = self.best.cost if self.best is not None else None
        if is_whole:
            route = attempt.route().reversed() if is_reversed else attempt.route()
            self.found.setdefault(tuple(route.steps), route)
            if least is None or route.cost <= least:
                self.best = route
        self._tell()
        return is_whole and (least is None or attempt.cost < least)

    def _tell(self) -> None:
        """Reports the share of the effort spent, at each percent."""
        share = min(1.0, self.spent / self.effort) if self.effort else 1.0
        if self.progress is not None and self.best is not None and round(share, 2) != self.told:
            self.told = round(share, 2)
            self.progress(share, self.best.cost)

    def _side_by_side(self, is_reversed: bool, starts: Sequence[Sequence[int]]) -> None:
        """Attempts from several placements; after each stride the cheapest go on."""
        attempts = [self._attempt(is_reversed, place) for place in starts]
        fading = [0.5**rank for rank in range(REACH + 1)]
        for done in range(STRIDE, self.count, STRIDE):
            ways = ABREAST * COPIES // len(attempts)
            found: dict[tuple[int, ...], tuple[float, int, Attempt]] = {}
            for attempt in attempts:
                for _ in range(ways):
                    other = attempt.copy()
                    other.run(self.choices, self._weights(), returns=False, until=done)
                    self.spent += other.weighed
                    score = other.cost + DISTANCE_COST * other.distance_left(fading)
                    key = (other.done, *other.place)
                    if key not in found or score < found[key][0]:
                        found[key] = score, len(found), other
            attempts = [attempt for _, _, attempt in sorted(found.values(), key=lambda entry: entry[:2])[:ABREAST]]
        for attempt in attempts:
            for _ in range(COPIES):
                self._finish(attempt.copy(), is_reversed, self._weights())

    def _improve(self) -> None:
        """Does a part of the best route anew, from its start or from its end."""
        patience = PATIENCE
        sides = [side for side in (False, True) if not self._returns(side)] or [False, True]
        while self.spent < self.effort and patience and self._has_swaps():
            assert self.best is not None
            is_reversed = self.choices.choice(sides)
            route = self.best.reversed() if is_reversed else self.best
            attempt = self._attempt(is_reversed, route.start)
            attempt.replay(route.steps[: self.choices.randrange(len(route.steps))])
            patience = PATIENCE if self._finish(attempt, is_reversed, self._weights(), self.best.cost) else patience - 1
