"""`python -m tests.bench [loop|concurrent|catch-up]`: measure, print ratios, save JSON."""

import sys

from tests.bench import loop

if __name__ == "__main__":
    loop.main(sys.argv[1] if len(sys.argv) > 1 else "")
