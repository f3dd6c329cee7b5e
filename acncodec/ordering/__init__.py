"""Orders: schedules, tours and what they cost."""
