"""The HTTP binding: how envelopes and questions travel. It may lose, double, delay and reorder; it is never relied on for proof."""
