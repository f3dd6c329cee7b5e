"""What work runs on: threads, and the parts they take."""
