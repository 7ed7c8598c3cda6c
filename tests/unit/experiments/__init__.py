"""Tests of experiments; the scenario that `lotwise init` writes serves as their example."""

from pathlib import Path
from typing import Final

import sim

FIRST_ORDER: Final = Path(sim.__file__).parent / "scenario" / "template.yaml"
