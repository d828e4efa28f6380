"""`serai bench corridors` and what it compares with. Imported by that command alone."""
