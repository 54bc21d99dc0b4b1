"""A plain interpreter of the language, to hold lowering to.

A checked file goes in, what it means comes out (meaning.py). It is written to be read next to the language's page, and
to be right rather than quick: every gate is opened each time it stands somewhere, every point of a sweep is worked out
by itself, nothing is kept and nothing is shared with lower/. In the order to read it:

    values, arithmetic, functions, expressions     what an expression is worth
    powers, gates                                  what a gate and its modifiers do to qubits
    circuits, jobs, program                        statements, settings, whole files

The arithmetic of exact numbers (values.py, angle.py) and the one form of expressions of open parameters are the
compiler's own; tests hold them to floating-point numbers.
"""
