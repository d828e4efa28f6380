"""Messages between sovereign nodes: each takes effect exactly once and in its lane's order, and both sides can prove it."""
