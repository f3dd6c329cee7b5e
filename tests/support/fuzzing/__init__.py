"""Mutated inputs and what must come of them: `bench/fuzz.py` and `tests/test_fuzz.py` run it."""
