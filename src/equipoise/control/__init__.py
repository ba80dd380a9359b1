"""What steers a run from what was measured: so far, when to stop."""
