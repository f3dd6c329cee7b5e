"""The float networks."""
