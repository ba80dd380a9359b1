"""Exact tests of a set-up before it is trained: each runs the user's own code for a moment and leaves no trace."""
