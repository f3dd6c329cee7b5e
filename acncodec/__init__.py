"""acncodec: lossless compression of a set of images as one thing."""

__version__ = "0.1.0"
