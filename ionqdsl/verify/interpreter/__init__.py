"""A plain interpreter of the language, against which lowering is checked.

Takes a checked file and returns its meaning (meaning.py). It is written to be read next to the language's page, and to
be right rather than quick: each use of a gate is expanded again, each point of a sweep is computed separately, and
nothing is shared with lower/. Only of plain lines one after the other equal ones are read once. In the order to read
it:

    values, arithmetic, functions, expressions     the value of an expression
    powers, gates                                  the effect of a gate and its modifiers on qubits
    plain_lines, circuits, jobs, program           statements, settings, whole files

The arithmetic of exact numbers (values.py, angle.py) and the one form of expressions of open parameters are the
compiler's own; tests check them against floating-point numbers.
"""
