"""`python -m scholiast_server` is the command `scholiast`; must not know more than where that begins."""

import sys

from scholiast_server.cli.main import main

sys.exit(main())
