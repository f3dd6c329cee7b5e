"""Latents: posterior, priors, distances and prices."""
