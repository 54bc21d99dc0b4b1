"""The rules of an energy that make its value more than the mean of an operator: constraints, a penalty, a tail.

Takes an `Energy` and returns its rules as plain data, with the defaults of the API. energy.py applies them.
"""

from __future__ import annotations

from ionqdsl.ir.job import Energy
from ionqdsl.record import record


@record
class Rules:
    """How the value of an outcome is made of more than the terms measured with it; see `Energy`."""

    linear: tuple[tuple[tuple[float, ...], float], ...] = ()
    quadratic: tuple[tuple[tuple[tuple[float, ...], ...], tuple[float, ...], float], ...] = ()
    penalty: float = 0.0
    alpha: float = 1.0

    @property
    def has_penalty(self) -> bool:
        """Whether an outcome can cost a penalty."""
        return bool(self.penalty and (self.linear or self.quadratic))

    @property
    def is_plain(self) -> bool:
        """Whether the energy is the mean of its operator."""
        return self.alpha == 1 and not self.has_penalty


PLAIN = Rules()


def rules_of(energy: Energy) -> Rules:
    """The rules of an energy; no penalty is 0, as in the API."""
    alpha = 1.0 if energy.cvar_alpha is None else energy.cvar_alpha
    return Rules(energy.linear_constraints or (), energy.quadratic_constraints or (), energy.penalty or 0.0, alpha)
