"""Heads: from the outputs of a network to the distribution of one site of an image."""
