"""Charts of published figures, drawn on the server as SVG. Pure: no framework, no database, words through `translate`."""

from serai.register.followup.chart.figure import Chart, make_chart
from serai.register.followup.chart.points import Point, Series

__all__ = ["Chart", "Point", "Series", "make_chart"]
