"""QAOA jobs: the largest cut of a graph, found by trying all of them.

Takes the body of a `qctrl.qaoa.v1` job and returns its results. The service runs an optimiser whose circuits are child
jobs; here there are none, so that only the form of the answer is the service's. The cost is the total weight of the
edges between the two parts; character i of the bit string is the part of node i.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ionqdsl.emulator.failure import Failed

MAX_NODES = 20
"""Half a million cuts."""


def results(body: Mapping[str, Any]) -> dict[str, Any]:
    """The best cost and a bit string that reaches it, the first one in order. Raises Failed."""
    import numpy as np  # late: only such jobs need it

    edges, count = _edges(body["input"]["problem"])
    if not 1 <= count <= MAX_NODES:
        raise Failed("InvalidInput", f"The emulator cuts graphs of 1 to {MAX_NODES} nodes, not {count}.")
    cuts = np.arange(1 << max(count - 1, 0))  # node 0 is in the first part: the other half are the same cuts
    costs = np.zeros(cuts.size)
    for (a, b), weight in edges.items():
        costs += weight * ((cuts >> (count - 1 - a) ^ cuts >> (count - 1 - b)) & 1)
    best = int(costs.argmax())
    found = {"optimal_cost": float(costs[best]), "optimal_bitstring": format(best, f"0{count}b")}
    return {"qaoa_results": found | {"processing_status": "complete"}}


def _edges(problem: Mapping[str, Any]) -> tuple[dict[tuple[int, int], float], int]:
    """The weights of edges between the numbers of nodes in a networkx adjacency graph, and the number of nodes."""
    try:
        places = {node["id"]: place for place, node in enumerate(problem["nodes"])}
        edges: dict[tuple[int, int], float] = {}
        for place, neighbours in enumerate(problem["adjacency"]):
            for near in neighbours:
                other = places[near["id"]]
                edges[min(place, other), max(place, other)] = float(near.get("weight", 1))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Failed("InvalidInput", "The problem is not an adjacency graph of networkx.") from None
    if any(b >= len(places) for _, b in edges):
        raise Failed("InvalidInput", "The problem has neighbours of nodes that it does not list.")
    return edges, len(places)
