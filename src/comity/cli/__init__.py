"""The command line: one command a noun, one module a noun."""

from comity.cli.app import main

__all__ = ["main"]
