"""The conditioner of maps of codes: a map of indexes to a feature map of the image's size."""
