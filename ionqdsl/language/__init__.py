"""The `.qc` language: parses text to a syntax tree, lowers the tree to circuits, and formats text."""
