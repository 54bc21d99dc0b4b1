"""The contracts: the properties of a circuit that a compilation preserves, and the questions that code asks of them."""

from __future__ import annotations

PRESERVE = ("unitary", "permuted", "measurement", "outcomes", "registers")
"""The contracts, strictest first: a result under one of them is valid under all that follow."""


def weakest(*contracts: str) -> str:
    """The contract that holds after compilations under each of some contracts."""
    return max(contracts, key=PRESERVE.index)


def fixes_inputs(preserve: str) -> bool:
    """Whether every input stays on its qubit; other contracts let a compilation rename the inputs."""
    return preserve == "unitary"


def fixes_phases(preserve: str) -> bool:
    """Whether phases of the outcomes stay, so that a result is right even if no measurement follows."""
    return preserve in ("unitary", "permuted")


def holds_for_all_inputs(preserve: str) -> bool:
    """Whether the result does the same for all inputs, and not only from |0...0>."""
    return preserve in ("unitary", "permuted", "measurement")


def not_weaker(preserve: str) -> tuple[str, ...]:
    """The contract and all stricter ones, the strictest last: the results that are valid under it."""
    return PRESERVE[PRESERVE.index(preserve) :: -1]
