"""Blockage, softening, safe order: steps and numbers; knows no office."""
