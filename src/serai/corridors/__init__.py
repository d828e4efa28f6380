"""How goods can move: the published figures of the corridors."""
