"""The command line of acncodec, installed as `acncodec_cli`."""
