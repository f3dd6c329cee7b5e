"""One shard, onto its stack and off it: distinct images, their codec, their order, their labels."""
