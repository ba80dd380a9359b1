"""How many known modes do the recipes reach? Ring of 8, grid of 25, stacked MNIST."""
