"""The contracts: what rooms promise each other, as protocols without any work in them.

A distribution gives intervals; a coder stacks them up; a codec pushes a symbol and pops it again;
a latent space has a posterior and priors; a head prices one site of an image; a likelihood prices
whole images. Whoever implements one needs to know nothing of who uses it (docs/ARCHITECTURE.md).
"""
