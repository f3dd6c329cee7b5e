"""Products of 15-bit integers, in compiled tiles of a few rows by many columns."""
