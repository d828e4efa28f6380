"""The invariants of the corridor tables, one function each. It imports nothing of serai, so that it proves on its own."""
