"""The prior of maps of codes: a causal network over the map with a softmax over all indexes."""
