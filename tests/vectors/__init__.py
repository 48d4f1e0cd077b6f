"""Known-good values published by others; see README.md in this folder."""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def load(name: str) -> Any:
    """The vectors in `name`."""
    return json.loads((HERE / name).read_text())
