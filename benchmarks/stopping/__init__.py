"""How much of published runs the stop adviser would have saved, and what it would have lost."""
