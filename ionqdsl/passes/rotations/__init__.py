"""Synthesises circuits anew from programs of Pauli rotations, in several styles.

Begin with `try_styles.py`. `fold_rotations.py` makes the program of a circuit, `synthesise_paulis.py` solves it, by
the compiled kernel or by `solve_in_step.py`; `windows.py` does the same with parts of large circuits.
"""
