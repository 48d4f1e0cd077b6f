"""comity: a joint liaison office in software."""

__version__ = "0.1.0"
