"""What many results say of themselves: where, when, and with which model they were made."""

from __future__ import annotations

SHA, OTHER_SHA = "a" * 64, "b" * 64
ORIGIN = {
    "machine": {"processor": "A processor", "cores": 2, "system": "Linux x86_64"},
    "versions": {"python": "3.11.0", "acncodec": "0.1.0"},
    "command": "acncodec something --json",
    "date": "2026-01-02",
}
MODEL = {"model": "mnist", "model_sha256": SHA}
