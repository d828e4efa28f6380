"""What the planner shall reach, and what each figure means."""

from typing import Final

from serai.kernel.benching import Goal

GOALS: Final = {
    "pareto_vs_python": Goal(
        operator=">=", value=15, meaning="CPU of plain Python, the same algorithm, over ours; equal fronts"
    ),
    "pareto_vs_namoa": Goal(
        operator=">=", value=100, meaning="CPU of textbook NAMOA* over ours, 17th to 75th percentile of labels"
    ),
    "labels_vs_martins": Goal(
        operator="<=", value=0.01, meaning="labels, ours over Martins', the worst of three pairs"
    ),
    "static_p95_ms": Goal(operator="<=", value=100, meaning="exact three-criteria query"),
    "timedep_p95_ms": Goal(operator="<=", value=300, meaning="the same with scheduled services"),
    "window7_ratio": Goal(operator="<=", value=3, meaning="a window of seven days over one scheduled query, CPU"),
    "real_p95_ms": Goal(operator="<=", value=300, meaning="real network end to end, reliability included"),
    "one_to_all_vs_scipy": Goal(operator="<=", value=1.2, meaning="CPU of ours over scipy's Dijkstra"),
    "matrix120_vs_networkx": Goal(operator=">=", value=25, meaning="CPU of networkx over ours, 120 x 120"),
    "reliability_ms": Goal(operator="<=", value=60, meaning="20 itineraries x 5,000 draws"),
    "first_query_s": Goal(operator="<=", value=2, meaning="first query after a start, kernel cached at set-up"),
    "node_pss_mb": Goal(operator="<=", value=350, meaning="a node with the planner loaded"),
    "help_s": Goal(operator="<=", value=0.3, meaning="serai --help"),
}
