"""Mixed sets: images of several shapes, models, or stored, in one shard."""
