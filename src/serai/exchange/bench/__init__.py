"""`serai bench exchange`: what the exchange can do, each figure beside a reference in the same run."""
