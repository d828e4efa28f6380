"""Pareto search over a graph of arcs with time, cost and CO2e. Knows nothing of places, modes or money."""
