"""Minimises energies over the parameters of an ansatz, on this computer or by the service."""
