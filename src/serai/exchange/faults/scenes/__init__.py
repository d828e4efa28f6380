"""The scenes: what is done to two nodes, each by its number in the list of fault tests."""
