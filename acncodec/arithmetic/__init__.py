"""Integer arithmetic: the same numbers on every machine, and the proof (docs/METHOD.md)."""
