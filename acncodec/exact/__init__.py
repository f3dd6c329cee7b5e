"""Integer copies of the networks: the same numbers on every machine (docs/METHOD.md)."""
