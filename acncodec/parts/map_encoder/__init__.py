"""The map encoder: an image to a map of indexes into a codebook."""
