"""What the register costs its readers, measured against the goals and against a reference in the same run."""
