"""The stack: entropy coders, last in, first out, and the distributions they code with."""
