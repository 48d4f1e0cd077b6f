"""Drawings of a blockage and of a plan, as text: SVG, Graphviz, Mermaid, and tables that say the same."""
