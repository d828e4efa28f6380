"""The open platform on which a regional cooperation mechanism runs: what was agreed, and the systems that carry it."""

__version__ = "0.1.0"
