"""What there is to say of gates, programs and circuits: handbook, costs, counts, expected fidelity, reference pages."""
