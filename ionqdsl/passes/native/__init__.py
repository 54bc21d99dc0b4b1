"""Writes gates and interaction forms in pulses, and chooses the frames of ions so that few pulses are needed.

`recipes.py` is the table: one gate, its pulses. `frames.py` plays recipes for rows, one by one; `place_pulses.py`
writes whole interaction forms, along the frames that `paths.py` finds.
"""
