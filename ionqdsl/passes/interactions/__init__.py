"""Shortens interaction forms: two-qubit rotations about any axes, with one turn on each wire at the end.

The form is that of `algebra/interactions.py`. Begin with `use_interactions.py`, which calls the others in order:
`pairs.py` gathers blocks, `resynthesise_pairs.py` rewrites them, `order_blocks.py` and `settle_axes.py` choose axes
that need few pulses.
"""
