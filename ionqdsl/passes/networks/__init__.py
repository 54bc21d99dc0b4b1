"""Shortens networks of Toffolis, flips, Hadamards and eighth turns, the circuits of reversible logic.

Begin with `pair_toffolis.py`. `network.py` is the data; `parities.py` follows the values of its wires as sums over
paths; `find_toffolis.py` finds Toffolis again that somebody wrote in gates on one and two qubits.
"""
