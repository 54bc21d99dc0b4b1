"""One method per gate, for editors and type checkers. Written by `make generate`: do not edit.

Arguments are in OpenQASM's order, parameters before qubits; arguments with a default are keywords. builder.py does the
work of the methods.
"""
# ruff: noqa: N802

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self, SupportsFloat, SupportsIndex

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Operator

AngleLike = Angle | SupportsFloat
"""A plain number (radians in qis, turns in native), an `Angle`, a parameter or a sympy expression of parameters."""

Qubits = SupportsIndex | Iterable[SupportsIndex]
"""A qubit, or several to apply the gate to one after the other."""


class GateMethods:
    """The gates of the table and the standard gates, as methods that append and return the circuit."""

    def gate(
        self, name: str, *arguments: Any, controls: Qubits = (), include: str | None = None, **parameters: Any
    ) -> Self:
        """Adds any gate by its name: parameters, then qubits, then keywords."""
        raise NotImplementedError

    def pauliexp(
        self,
        time: AngleLike,
        operator: str | Operator | Mapping[str, float],
        *qubits: Qubits,
        steps: int = 0,
        controls: Qubits = (),
    ) -> Self:
        """Adds exp(-i time operator): the operator as text (`"0.5*X[0]*X[1] + Z[0]"`) or as `{"XX": 0.5, "ZI": 1}`.

        Indices count the qubits given here. Terms that do not commute need Trotter `steps`.
        """
        raise NotImplementedError

    def x(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Bit flip: |0> <-> |1>."""
        return self.gate("x", qubit, controls=controls)

    def not_(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """The same as x."""
        return self.gate("not", qubit, controls=controls)

    def y(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Pauli Y: |0> -> i|1>, |1> -> -i|0>."""
        return self.gate("y", qubit, controls=controls)

    def z(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Phase flip: diag(1, -1)."""
        return self.gate("z", qubit, controls=controls)

    def h(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Hadamard: (X + Z)/sqrt 2."""
        return self.gate("h", qubit, controls=controls)

    def s(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Square root of z: diag(1, i)."""
        return self.gate("s", qubit, controls=controls)

    def si(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Inverse of s: diag(1, -i)."""
        return self.gate("si", qubit, controls=controls)

    def t(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Fourth root of z: diag(1, e^{i pi/4})."""
        return self.gate("t", qubit, controls=controls)

    def ti(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Inverse of t: diag(1, e^{-i pi/4})."""
        return self.gate("ti", qubit, controls=controls)

    def v(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Square root of x: e^{i pi/4} rx(pi/2)."""
        return self.gate("v", qubit, controls=controls)

    def vi(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Inverse of v."""
        return self.gate("vi", qubit, controls=controls)

    def rx(self, theta: AngleLike, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """exp(-i theta/2 X)."""
        return self.gate("rx", theta, qubit, controls=controls)

    def ry(self, theta: AngleLike, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """exp(-i theta/2 Y)."""
        return self.gate("ry", theta, qubit, controls=controls)

    def rz(self, theta: AngleLike, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """exp(-i theta/2 Z)."""
        return self.gate("rz", theta, qubit, controls=controls)

    def p(self, lam: AngleLike, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """phase: diag(1, e^{i lambda})."""
        return self.gate("p", lam, qubit, controls=controls)

    def cnot(self, control: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """X on the second where the first is |1>."""
        return self.gate("cnot", control, target, controls=controls)

    def swap(self, a: Qubits, b: Qubits, *, controls: Qubits = ()) -> Self:
        """Exchanges two qubits."""
        return self.gate("swap", a, b, controls=controls)

    def xx(self, theta: AngleLike, a: Qubits, b: Qubits, *, controls: Qubits = ()) -> Self:
        """exp(-i theta/2 XX)."""
        return self.gate("xx", theta, a, b, controls=controls)

    def yy(self, theta: AngleLike, a: Qubits, b: Qubits, *, controls: Qubits = ()) -> Self:
        """exp(-i theta/2 YY)."""
        return self.gate("yy", theta, a, b, controls=controls)

    def zz(self, theta: AngleLike, a: Qubits, b: Qubits, *, controls: Qubits = ()) -> Self:
        """Qis: exp(-i theta/2 ZZ), theta in radians. Native: exp(-i pi theta ZZ), theta in turns."""
        return self.gate("zz", theta, a, b, controls=controls)

    def gpi(self, phase: AngleLike, qubit: Qubits) -> Self:
        """Native: pi pulse about cos(2 pi phase) X + sin(2 pi phase) Y, phase in turns."""
        return self.gate("gpi", phase, qubit)

    def gpi2(self, phase: AngleLike, qubit: Qubits) -> Self:
        """Native: pi/2 pulse about the same axis as gpi, phase in turns."""
        return self.gate("gpi2", phase, qubit)

    def ms(self, phase0: AngleLike, phase1: AngleLike, a: Qubits, b: Qubits, *, angle: AngleLike = 0.25) -> Self:
        """Native: exp(-i pi angle gpi(phase0) gpi(phase1)), all in turns."""
        return self.gate("ms", phase0, phase1, a, b, angle=angle)

    def nop(self, time: AngleLike) -> Self:
        """Native: waits for that many microseconds."""
        return self.gate("nop", time)

    def id(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """The identity: adds nothing."""
        return self.gate("id", qubit, controls=controls)

    def sx(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `v a`."""
        return self.gate("sx", qubit, controls=controls)

    def sxdg(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `vi a`."""
        return self.gate("sxdg", qubit, controls=controls)

    def sdg(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `si a`."""
        return self.gate("sdg", qubit, controls=controls)

    def tdg(self, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `ti a`."""
        return self.gate("tdg", qubit, controls=controls)

    def u1(self, lam: AngleLike, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `p(lambda) a`."""
        return self.gate("u1", lam, qubit, controls=controls)

    def u2(self, phi: AngleLike, lam: AngleLike, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `p(lambda) a; ry(pi/2) a; p(phi) a`."""
        return self.gate("u2", phi, lam, qubit, controls=controls)

    def u3(self, theta: AngleLike, phi: AngleLike, lam: AngleLike, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `p(lambda) a; ry(theta) a; p(phi) a`."""
        return self.gate("u3", theta, phi, lam, qubit, controls=controls)

    def u(self, theta: AngleLike, phi: AngleLike, lam: AngleLike, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `p(lambda) a; ry(theta) a; p(phi) a`."""
        return self.gate("u", theta, phi, lam, qubit, controls=controls)

    def U(self, theta: AngleLike, phi: AngleLike, lam: AngleLike, qubit: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `p(lambda) a; ry(theta) a; p(phi) a`."""
        return self.gate("U", theta, phi, lam, qubit, controls=controls)

    def cx(self, control: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `cnot c, a`."""
        return self.gate("cx", control, target, controls=controls)

    def CX(self, control: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `cnot c, a`."""
        return self.gate("CX", control, target, controls=controls)

    def cy(self, control: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `ctrl @ y c, a`."""
        return self.gate("cy", control, target, controls=controls)

    def cz(self, control: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `ctrl @ z c, a`."""
        return self.gate("cz", control, target, controls=controls)

    def ch(self, control: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `ctrl @ h c, a`."""
        return self.gate("ch", control, target, controls=controls)

    def csx(self, control: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `ctrl @ v c, a`."""
        return self.gate("csx", control, target, controls=controls)

    def cp(self, lam: AngleLike, control: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `ctrl @ p(lambda) c, a`."""
        return self.gate("cp", lam, control, target, controls=controls)

    def cphase(self, lam: AngleLike, control: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `ctrl @ p(lambda) c, a`."""
        return self.gate("cphase", lam, control, target, controls=controls)

    def cu1(self, lam: AngleLike, control: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `ctrl @ p(lambda) c, a`."""
        return self.gate("cu1", lam, control, target, controls=controls)

    def crx(self, theta: AngleLike, control: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `ctrl @ rx(theta) c, a`."""
        return self.gate("crx", theta, control, target, controls=controls)

    def cry(self, theta: AngleLike, control: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `ctrl @ ry(theta) c, a`."""
        return self.gate("cry", theta, control, target, controls=controls)

    def crz(self, theta: AngleLike, control: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `ctrl @ rz(theta) c, a`."""
        return self.gate("crz", theta, control, target, controls=controls)

    def cu3(
        self,
        theta: AngleLike,
        phi: AngleLike,
        lam: AngleLike,
        control: Qubits,
        target: Qubits,
        *,
        controls: Qubits = (),
    ) -> Self:
        """Defined as `ctrl @ u3(theta, phi, lambda) c, a`."""
        return self.gate("cu3", theta, phi, lam, control, target, controls=controls)

    def cu(
        self,
        theta: AngleLike,
        phi: AngleLike,
        lam: AngleLike,
        gamma: AngleLike,
        control: Qubits,
        target: Qubits,
        *,
        controls: Qubits = (),
    ) -> Self:
        """Controlled e^{i gamma} u3(theta, phi, lambda)."""
        return self.gate("cu", theta, phi, lam, gamma, control, target, controls=controls)

    def rxx(self, theta: AngleLike, a: Qubits, b: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `xx(theta) a, b`."""
        return self.gate("rxx", theta, a, b, controls=controls)

    def ryy(self, theta: AngleLike, a: Qubits, b: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `yy(theta) a, b`."""
        return self.gate("ryy", theta, a, b, controls=controls)

    def rzz(self, theta: AngleLike, a: Qubits, b: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `zz(theta) a, b`."""
        return self.gate("rzz", theta, a, b, controls=controls)

    def iswap(self, a: Qubits, b: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `xx(-pi/2) a, b; yy(-pi/2) a, b`."""
        return self.gate("iswap", a, b, controls=controls)

    def ecr(self, a: Qubits, b: Qubits, *, controls: Qubits = ()) -> Self:
        """Echoed cross resonance: rzx(pi/4) on a and b, x on a, rzx(-pi/4)."""
        return self.gate("ecr", a, b, controls=controls)

    def ccx(self, control: Qubits, second: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `ctrl @ cnot c, d, a`."""
        return self.gate("ccx", control, second, target, controls=controls)

    def ccz(self, control: Qubits, second: Qubits, target: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `ctrl(2) @ z c, d, a`."""
        return self.gate("ccz", control, second, target, controls=controls)

    def cswap(self, control: Qubits, a: Qubits, b: Qubits, *, controls: Qubits = ()) -> Self:
        """Defined as `ctrl @ swap c, a, b`."""
        return self.gate("cswap", control, a, b, controls=controls)
