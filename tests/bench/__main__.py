"""`python -m tests.bench [loop|concurrent|catch-up|growth|audit]`: measure, print ratios to limits, save JSON."""

import sys

from tests.bench import audit, growth, loop

if __name__ == "__main__":
    only = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if only in ("", "loop", "concurrent", "catch-up"):
        loop.main(only)
    if only in ("", "audit"):
        audit.main()
    if only in ("", "growth"):
        growth.main()
