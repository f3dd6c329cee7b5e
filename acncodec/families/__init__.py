"""Families of models: one file each says what its models are built of, trained by and frozen to.

A family is registered by its name and profile (`families.registry`); one that lives in another
package is found through the entry points of the group `acncodec.families`.
"""
