"""A conditioner that sees latents quantised: each few of their entries as the nearest code."""
