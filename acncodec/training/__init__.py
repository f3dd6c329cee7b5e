"""Training an associative compression network (paper, Algorithm 1)."""
