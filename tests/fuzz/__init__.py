"""Inputs at volume: `__main__.py` tries them, the other modules make them."""
