"""Reads OpenQASM 2 and 3: text to a program of one circuit.

`read(source, values)` is the only entry point. parse.py builds the tree, program.py executes its statements, gates.py
expands gates, expressions.py evaluates numbers. Anything a circuit cannot express is refused at its place, not dropped.
"""

from __future__ import annotations

from ionqdsl.read.openqasm.program import read

__all__ = ["read"]
