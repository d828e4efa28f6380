"""`serai bench corridors` and `serai bench calibration`, and what they compare with. Imported by those commands alone."""
