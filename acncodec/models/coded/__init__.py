"""A coded model: the integers of a frozen model in as few bytes as they take, and back."""

from acncodec.models.coded.payload import code_model, decode_model

__all__ = ["code_model", "decode_model"]
