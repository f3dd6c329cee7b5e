"""Costs and bounds by the float networks, and where real bits differ from them."""
