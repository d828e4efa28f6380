"""Measurements of the corridors against their goals."""
