"""Circuits with their Toffolis paired, and nothing else done to them."""

from __future__ import annotations

from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.passes.barriers import has_barrier
from ionqdsl.passes.networks.pair_toffolis import (
    has_toffolis,
    loosely_paired,
    on_two_qubits,
    paired,
    stretches_of,
    with_networks,
)


def with_pairs(circuit: FlatCircuit, preserve: str = "unitary") -> FlatCircuit | None:
    """The circuit with Toffolis found and paired, each stretch between barriers by itself.

    None if there are none, or if that takes as many rows on two qubits. Only a circuit without barriers may have
    another contract than `unitary`.
    """
    if not has_toffolis(circuit.rows):
        return None
    stretches = stretches_of(circuit, has_barrier(circuit.rows))
    most = on_two_qubits(circuit.rows)
    networks = [stretch.networks[0].network if stretch.networks else None for stretch in stretches]
    if not fixes_phases(preserve):
        looser = [each for network in networks if network for each in loosely_paired(network, preserve)]
        if looser:
            return with_networks(circuit, stretches, looser[:1], most)
    return with_networks(circuit, stretches, [one and paired(one) for one in networks], most)
