"""The site of the documentation, which hooks.py makes of docs/."""
