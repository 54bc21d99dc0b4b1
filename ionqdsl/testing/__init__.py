"""Runs the tests of programs: judges what `expect` states, exactly, on this computer, and reports the failures."""
