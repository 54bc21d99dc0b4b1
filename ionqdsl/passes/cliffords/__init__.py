"""Writes Cliffords as short products of two-qubit Cliffords.

`factor_cliffords.py` searches from both ends (`factor_in_step.py` is the same search with numpy);
`factor_by_qubits.py` takes one qubit after another, for more wires than a search can afford.
"""
