"""How good the doctor is, and what it costs."""
