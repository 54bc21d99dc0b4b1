"""Reads programs in other formats: payloads and OpenQASM."""
