"""The process that alone opens the node's private keys, and what the rest of the node asks of it."""
