"""The site of the documentation: what hooks.py makes of docs/."""
