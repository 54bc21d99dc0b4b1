"""Writes circuits and results: payloads, `.qc` and OpenQASM text, drawings, tables and pages."""
