"""The operators' pages of the exchange, and its figures for Prometheus."""
