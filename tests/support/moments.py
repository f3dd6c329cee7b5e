"""Fits that are over at once."""

MOMENT = "0.0000001"
"""Minutes: one step is made."""
