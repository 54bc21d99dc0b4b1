"""The places of a machine and the pairs that it connects.

Takes the pairs of a characterization, and says how far apart two places are and in which order places can be left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import cached_property


class Places:
    """The connected pairs of `width` places, and how far apart two places are."""

    def __init__(self, width: int, pairs: Iterable[tuple[int, int]]) -> None:
        self.width = width
        self.pairs = sorted({(min(a, b), max(a, b)) for a, b in pairs if a < width and b < width})
        self.neighbours: list[list[int]] = [[] for _ in range(width)]
        for a, b in self.pairs:
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

    @cached_property
    def leaves(self) -> list[int]:
        """The places in an order in which each can be left out without cutting off another one."""
        order: list[int] = []
        seen: set[int] = set()
        for start in range(self.width):
            waiting = deque([start] if start not in seen else [])
            seen.add(start)
            while waiting:
                place = waiting.popleft()
                order.append(place)
                for near in self.neighbours[place]:
                    if near not in seen:
                        seen.add(near)
                        waiting.append(near)
        return order[::-1]

    def within(self, left: set[int], start: int) -> dict[int, int]:
        """The distances from a place through the places that are left."""
        distance = {start: 0}
        waiting = deque([start])
        while waiting:
            place = waiting.popleft()
            for near in self.neighbours[place]:
                if near in left and near not in distance:
                    distance[near] = distance[place] + 1
                    waiting.append(near)
        return distance | {place: len(left) for place in left if place not in distance}
