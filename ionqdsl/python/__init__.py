"""Circuits in Python: a builder with a method for every gate."""
