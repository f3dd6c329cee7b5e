"""The any-size decoder: masked windows and 1x1 layers with ReLU, pixel after pixel."""
