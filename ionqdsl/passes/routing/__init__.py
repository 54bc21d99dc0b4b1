"""Routes circuits on machines that do not connect every pair of qubits.

Begin with `router.py`. `steps.py` makes a routing problem of a circuit, `placements.py` places its wires, and
`swap_search.py` or, for small problems, `exact_routes.py` finds the swaps.
"""
