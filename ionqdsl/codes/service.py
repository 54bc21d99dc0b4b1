"""Diagnostics: service."""

from __future__ import annotations

from ionqdsl.codes.code import Code

SERVICE: tuple[Code, ...] = ()
