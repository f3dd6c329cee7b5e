"""Families of models: what they are built of, how they are trained and frozen."""
