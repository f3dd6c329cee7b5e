"""What `import acncodec` gives: archives of arrays in a few words."""
