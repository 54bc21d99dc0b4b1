"""Searches for fewer two-qubit gates near a form or program that is known: walks that race each other.

Only level 3 has the time for it: `search.py` calls `race.py`, which sends out the walks of `walks.py`.
"""
