"""One self-contained page to look at the images of a set by (needs the extra `explore`)."""
