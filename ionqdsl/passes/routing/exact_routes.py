"""Solves small routing problems exactly, by Dijkstra's algorithm over placements, done steps and open pairs."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import count, permutations
from typing import NamedTuple

from ionqdsl.passes.routing.places import Places
from ionqdsl.passes.routing.swap_search import Attempt, Queues, Route, RoutingProblem

FEW_PLACES, FEW_STEPS, FEW_STATES = 6, 60, 1_500
"""Up to so many places and steps a problem is solved exactly, if that takes no more states than these."""


class _Position(NamedTuple):
    """The place of each wire, the steps done as bits, and for each wire its partner and the state of their gates."""

    place: tuple[int, ...]
    done: int
    opened: tuple[tuple[int, int], ...]


def solved(problem: RoutingProblem, places: Places, is_start_free: bool, is_end_free: bool) -> Route | None:
    """The cheapest route; None if the problem is not small, or takes too many states."""
    if places.width > FEW_PLACES or len(problem.wires) > FEW_STEPS:
        return None
    if is_start_free and not is_end_free:
        found = solved(problem.backwards(), places, False, True)
        return None if found is None else found.reversed()
    numbers = count()
    home = tuple(range(places.width))
    every = (1 << len(problem.wires)) - 1
    waiting: list[tuple[int, int, _Position]] = []
    least: dict[_Position, int] = {}
    came: dict[_Position, tuple[_Position, tuple[int, int]] | None] = {}
    for place in permutations(home) if is_start_free else (home,):
        state, gates = _closed(problem, places, _Position(place, 0, ((-1, 0),) * places.width))
        least[state], came[state] = gates, None
        waiting.append((gates, next(numbers), state))
    waiting.sort()
    closed: set[_Position] = set()
    while waiting and len(closed) < FEW_STATES:
        cost, _, state = heappop(waiting)
        if state in closed:
            continue
        closed.add(state)
        if state.done == every and (is_end_free or state.place == home):
            return _replayed(problem, places, came, state)
        for p, q in places.pairs:
            after, gates = _closed(problem, places, *_swapped(problem, state, p, q))
            if after not in closed and cost + gates < least.get(after, 1 << 30):
                least[after] = cost + gates
                came[after] = (state, (p, q))
                heappush(waiting, (cost + gates, next(numbers), after))
    return None


def _swapped(problem: RoutingProblem, state: _Position, p: int, q: int) -> tuple[_Position, int]:
    there = {p: q, q: p}
    a, b = state.place.index(p), state.place.index(q)
    before = _open(state.opened, a, b)
    opened, gates = _set(problem, state.opened, a, b, before, problem.merged.swapped(before))
    return _Position(tuple([there.get(x, x) for x in state.place]), state.done, opened), gates


def _open(opened: tuple[tuple[int, int], ...], a: int, b: int) -> int:
    return opened[a][1] if opened[a][0] == b and opened[b][0] == a else 0


def _set(
    problem: RoutingProblem, opened: tuple[tuple[int, int], ...], a: int, b: int, before: int, after: int
) -> tuple[tuple[tuple[int, int], ...], int]:
    """The open pairs and the gates that are added, once the state of a pair changes."""
    gates = problem.merged.costs[after] - problem.merged.costs[before]
    if not problem.merged.merges:
        return opened, gates
    changed = list(opened)
    changed[a], changed[b] = (b, after), (a, after)
    return tuple(changed), gates


def _closed(problem: RoutingProblem, places: Places, state: _Position, gates: int = 0) -> tuple[_Position, int]:
    """The state after all steps that are possible in it, and the gates they add."""
    place, done, opened = state
    for number in _possible(problem, places, place, done):
        done |= 1 << number
        pair = problem.pairs[number]
        if pair is not None:
            a, b = problem.wires[number]
            before = _open(opened, a, b)
            opened, more = _set(problem, opened, a, b, before, problem.merged.after(before, pair))
            gates += more
        elif len(problem.wires[number]) > 1:
            opened = tuple([(-1, 0) if w in problem.wires[number] else pair for w, pair in enumerate(opened)])
    return _Position(place, done, opened), gates


def _possible(problem: RoutingProblem, places: Places, place: Sequence[int], done: int) -> list[int]:
    """The steps that can be done one after another without a swap."""
    result: list[int] = []
    waiting = [n for n in range(len(problem.wires)) if not done >> n & 1 and _is_next(problem, n, done)]
    while waiting:
        number = waiting.pop(0)
        if problem.pairs[number] is not None:
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
    came: dict[_Position, tuple[_Position, tuple[int, int]] | None],
    last: _Position,
) -> Route:
    """The route whose swaps lead to a state."""
    swaps: list[tuple[int, int]] = []
    step, state = came[last], last
    while step is not None:
        swaps.append(step[1])
        state = step[0]
        step = came[state]
    attempt = Attempt(problem, Queues(problem, places.width), places, state.place)
    done = 0
    for swap in (None, *reversed(swaps)):
        if swap is not None:
            attempt.swap(*swap)
        for number in _possible(problem, places, attempt.place, done):
            attempt.do(number)
            done |= 1 << number
    return attempt.route()
