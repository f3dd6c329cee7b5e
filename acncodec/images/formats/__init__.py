"""One file a format: how it is told by its first bytes, and what is in it."""
