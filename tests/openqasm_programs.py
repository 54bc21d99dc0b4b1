"""Hypothesis strategies for OpenQASM programs on four qubits, whose meaning other readers can confirm."""

from __future__ import annotations

from hypothesis import strategies as st

ANGLE = st.sampled_from(
    ["0.1", "pi/2", "-pi/3", "3*pi/4", "2.5e-1", "sin(0.4)", "(1 + pi)/2", "-(0.2)", "sqrt(2.0)", "pi*pi"]
)


@st.composite
def openqasm(draw: st.DrawFn, version: int) -> str:
    """A program on two registers with a definition, broadcasting, barriers and measurements."""
    one = st.sampled_from(["h", "x", "s", "tdg", "sdg", "z"])
    turned = st.sampled_from(["rx", "ry", "rz", "u1"])
    declared = ["qreg a[2];", "qreg b[2];"] if version == 2 else ["qubit[2] a;", "qubit[2] b;"]
    lines = ["OPENQASM 2.0;", 'include "qelib1.inc";'] if version == 2 else ["OPENQASM 3.0;", 'include "stdgates.inc";']
    lines += [
        f"gate own(u, v) k, l {{ {draw(turned)}(u/2 + v) k; cx k, l; {draw(one)} l; {draw(turned)}(-v) l; }}",
        *declared,
    ]
    for _ in range(draw(st.integers(1, 8))):
        first, second, third = draw(st.permutations(["a[0]", "a[1]", "b[0]", "b[1]"]))[:3]
        statement = draw(st.integers(0, 8))
        angle, other = draw(ANGLE), draw(ANGLE)
        if version == 3 and "(" in angle + other:
            angle, other = "pi/8", "-0.3"  # qiskit's importer has no functions
        kinds = [
            f"{draw(one)} {draw(st.sampled_from(['a', 'b', first]))};",
            f"{draw(turned)}({angle}) {draw(st.sampled_from(['a', first]))};",
            f"cx {draw(st.sampled_from(['a, b', 'a[0], b', 'b, a', f'{first}, {second}']))};",
            f"own({angle}, {other}) {first}, {second};",
            f"ccx {first}, {second}, {third};",
            f"barrier a, {draw(st.sampled_from(['b[0]', 'b']))};",
            f"crz({angle}) {first}, {second};",
            "own(0.1, pi/4) a, b;",
            f"cz {first}, {second};",
        ]
        if version == 3 and draw(st.booleans()):
            kinds[statement] = draw(
                st.sampled_from(
                    [
                        f"ctrl @ rx({angle}) {first}, {second};",
                        f"inv @ own({angle}, 0.2) {first}, {second};",
                        f"pow(2) @ own({angle}, 0.2) {first}, {second};",
                        f"ctrl(2) @ h {first}, {second}, {third};",
                        f"negctrl @ x {first}, {second};",
                        f"gphase({angle});",
                        f"cp({angle}) {first}, {second};",
                    ]
                )
            )
        lines.append(kinds[statement])
    return "\n".join(lines) + "\n"
