"""Fetches the service's figures about a machine as one record, in the form that `--characterization` reads.

A record is the service's characterization with the native gates, which only its list of machines
has, so that a machine that this version does not know can be compiled for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ionqdsl.cloud.account import connect
from ionqdsl.cloud.answers import Backend
from ionqdsl.cloud.client import Client
from ionqdsl.diagnostics import Diagnostic, UsageError


def latest_record(name: str) -> Mapping[str, Any]:
    """The record of a machine. Raises UsageError for an unknown machine, or if nothing about it was measured."""
    with Client(connect(is_lazy=True)) as client:
        machine = client.backend(name)
        measured = client.characterization(machine)
    if measured is None:
        raise UsageError([Diagnostic("QC0612", facts={"path": name, "reason": "the machine has none"})])
    return full_record(machine, measured[1])


def full_record(machine: Backend, record: Mapping[str, Any]) -> Mapping[str, Any]:
    """A characterization together with the machine's native gates."""
    return {**record, "supported_native_gates": list(machine.native_gates)} if machine.native_gates else record
