"""Diagnostics: limits."""

from __future__ import annotations

from ionqdsl.codes.code import Code

LIMITS: tuple[Code, ...] = ()
