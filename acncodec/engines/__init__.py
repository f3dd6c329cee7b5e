"""What carries integer layers out: 15-bit products, or float64, or torch on a device."""
