"""Entropy coding: the stack, codecs for latents and pixels, bits-back over a schedule."""
