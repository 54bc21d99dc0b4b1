"""`python -m ionqdsl`."""

import sys

try:
    from ionqdsl.cli import main

    code = main()
except KeyboardInterrupt:  # before anything could be said
    code = 130
sys.exit(code)
