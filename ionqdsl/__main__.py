"""`python -m ionqdsl`."""

import sys

from ionqdsl.cli import main

sys.exit(main())
