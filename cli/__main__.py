"""`python -m acncodec_cli` is `acncodec`."""

from .main import main

main()
