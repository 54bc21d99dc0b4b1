"""Rotations, Weyl coordinates, Pauli products and interactions: the mathematics the passes and the verifier share."""
