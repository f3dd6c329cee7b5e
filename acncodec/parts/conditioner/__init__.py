"""The conditioner: a latent to a feature map of the image's size."""
