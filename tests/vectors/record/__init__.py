"""Vectors of comity's own formats, accepted and refused; see README.md in this folder."""
