"""Rewrites blocks of three wires with fewer interactions: by exact forms, by known structures, or numerically.

Begin with `resynthesise_triples.py`. `blocks.py` gathers the blocks; `classes.py`, `forms.py` and `structures.py` are
tables that tools of tests/bench wrote; `invariants.py` and `likeness.py` recognise a unitary whose one-qubit gates
differ.
"""
