"""The unconditional prior: a Gaussian mixture with full covariances."""
