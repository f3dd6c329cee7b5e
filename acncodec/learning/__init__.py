"""Learning: what a family's objective, its fits after training and its calibration are made of."""
