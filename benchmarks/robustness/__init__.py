"""Whether a run survives what happens to runs."""
