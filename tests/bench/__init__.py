"""Measurements; each prints its figures and their ratio to a limit measured in the same run."""
