"""The `.qc` language: text to syntax tree to circuits, and the tree back to well-set text."""
