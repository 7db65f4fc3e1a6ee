"""`python -m exodist`: calls cli.main."""

import sys

from exodist.cli import main

if __name__ == "__main__":
    sys.exit(main())
