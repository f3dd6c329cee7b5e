"""Commands as a user types them, and what they say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "acncodec_cli")


def compressed(data: Path, packed: Path, *options: str) -> dict[str, Any]:
    """What `compress --json` says of a file in the order `any`."""
    line = [*COMMAND, "compress", "-f", "--order", "any", *options, "--json", data, packed]
    done = subprocess.run(line, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told
