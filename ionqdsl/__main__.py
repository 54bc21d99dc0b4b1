"""Runs the command as `python -m ionqdsl`."""

import sys

try:
    from ionqdsl.cli import process

    code = process()
except KeyboardInterrupt:  # interrupted before the command could report anything
    print("interrupted", file=sys.stderr)
    code = 130
sys.exit(code)
