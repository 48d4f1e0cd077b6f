"""The command line: one command a noun, one module a noun."""
