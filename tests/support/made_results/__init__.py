"""Small results made by hand, one of each kind, with figures that are easy to check.

They lie as `acncodec/report/schema` has their kinds.
"""
