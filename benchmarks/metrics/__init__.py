"""What the metrics cost: time and memory on features of a given size."""
