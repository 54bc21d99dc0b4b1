"""OpenQASM 2 and 3, read: text to a program of one circuit.

`read(source, values)` is all there is to call. parse.py makes the tree, program.py follows its statements, gates.py
opens gates, expressions.py works out numbers. What a circuit cannot say is refused with its place, never left out.
"""

from __future__ import annotations

from ionqdsl.read.openqasm.program import read

__all__ = ["read"]
