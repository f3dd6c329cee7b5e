"""Numbers that the float networks and their exact copies share."""

from __future__ import annotations

MIN_SCALE = 0.5
"""Smallest standard deviation of a prior component, in posterior standard deviations. The
latent carries unit noise, so the best mixture never needs less than 1; the floor only keeps
training and the tables well-behaved."""
