"""One file for each failure and for each thing that only looks like one."""
