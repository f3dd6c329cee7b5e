"""Parts of models: a room for each network, with its float form and its exact one."""
