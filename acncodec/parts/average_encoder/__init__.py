"""The any-size encoder: convolutions, then an average over the image, to its code."""
