"""Networks, each as a float net, as exact integers, and the way from one to the other."""
