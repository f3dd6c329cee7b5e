"""The feed-forward decoder: all pixels at once, from the latent alone."""
