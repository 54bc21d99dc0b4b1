"""The names of an OpenQASM program while it is read: values, variables, arrays and bits, and the scopes that see them.

Data only: expressions.py computes values, program.py declares names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import Slot
from ionqdsl.read.openqasm import tree
from ionqdsl.record import fresh, record


@record
class Value:
    """A value and its type: bool, int, float, angle or bits. `width` is the number of bits of a sized type.

    A whole number of a sized type without sign `is_unsigned`.
    """

    kind: str
    value: Any
    width: int | None = None
    is_unsigned: bool = False


@record(frozen=False)
class Bits:
    """Classical bits that measurements write: the qubit or the slot each reads, None if nothing was measured."""

    name: str
    slots: list[int | Slot | None]
    is_scalar: bool
    span: Span


@record(frozen=False)
class Array:
    """An array, or a row of one: its elements are of one type, and None until they are assigned."""

    type: tree.Type
    items: list[Any]


@record(frozen=False)
class Variable:
    """A classical variable of the program and its value, None until it is assigned, or the measured bits in it."""

    type: tree.Type | None
    value: Value | Array | Bits | None
    is_constant: bool


CHANGING = object()
"""A variable of the program as seen from a gate's body, which sees constants only."""


@record(frozen=False)
class QasmScope:
    """Maps names to variables, qubits and bits. `version` is OpenQASM's; `noticed` collects notes.

    `is_branch`: the scope of a branch that some shots take and others do not. `computes` calls a subroutine for its
    result.
    """

    version: int
    noticed: list[Diagnostic]
    names: dict[str, Any] = fresh(default_factory=dict)
    parent: QasmScope | None = None
    is_branch: bool = False
    computes: Callable[[tree.SubroutineDefinition, tree.FunctionCall, QasmScope], Value] | None = None

    def child(self, is_branch: bool = False) -> QasmScope:
        """A scope inside this one."""
        return QasmScope(self.version, self.noticed, {}, self, is_branch, self.computes)

    def find(self, name: str) -> Any:
        """The object a name refers to, None if there is none."""
        scope: QasmScope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None

    @property
    def size(self) -> int:
        """The number of names that it sees."""
        return len(self.names) + (self.parent.size if self.parent is not None else 0)

    def leaves_branch(self, name: str) -> bool:
        """Whether a name refers to something outside the branch that this scope is in."""
        scope: QasmScope | None = self
        is_outside = False
        while scope is not None and name not in scope.names:
            is_outside = is_outside or scope.is_branch
            scope = scope.parent
        return is_outside
