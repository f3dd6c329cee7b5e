"""Shards on the machines of a Ray cluster, which must be trusted: what is sent there is pickled."""
