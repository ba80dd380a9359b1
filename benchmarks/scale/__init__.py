"""How a run grows with its processes."""
