"""How fast a step is, against the loop that people copy."""
