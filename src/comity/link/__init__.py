"""Pouches: bytes in, steps out; opens no socket."""
