"""Parts of a set that were compressed apart, one by one on many machines, and made one archive."""
