"""The chapters of the report: each the sections on one question, and what they are made of."""
