"""The prior network: the code of one image prices the latent of another."""
