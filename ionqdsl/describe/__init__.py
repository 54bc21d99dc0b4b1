"""Describes gates, programs and circuits: handbook, costs, counts, expected fidelity, reference pages."""
