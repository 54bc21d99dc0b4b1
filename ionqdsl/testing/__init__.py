"""Runs the tests of programs: judges each `expect` exactly, on this computer, and reports the failures."""
