"""Explains slips: text that is nearly this language, or is another one, and the line that was probably meant."""
