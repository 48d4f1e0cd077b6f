"""Acts and what they mean: no cryptography, no I/O."""
