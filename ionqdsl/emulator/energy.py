"""Quantum functions: the energy of an ansatz, as the service answers it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ionqdsl.emulator.machine import Failed


def value(body: Mapping[str, Any]) -> dict[str, float]:
    """`value` and `variance`. Raises Failed."""
    raise Failed("InvalidInput", "The emulator does not play quantum functions yet.")
