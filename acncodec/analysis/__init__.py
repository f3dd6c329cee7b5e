"""Costs and bounds by the float networks, where real bits differ, and what codes tell."""
