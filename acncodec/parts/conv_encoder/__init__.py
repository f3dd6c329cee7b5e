"""The convolutional encoder: an image to its code."""
