"""A network and a head as one compiled loop, which takes pixels off a stack."""
