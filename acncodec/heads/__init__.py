"""Heads: what a network's outputs say of the value of one site of an image."""
