"""The report: committed results as tables and figures, beside the paper's."""
