"""What runs inside the two Airflows: the service is stubbed, everything above it is real."""

from __future__ import annotations

from pathlib import Path

_INSIDE = Path(__file__).with_name("inside")
_COMMON = (_INSIDE / "common.py").read_text(encoding="utf-8")
SOURCE = _COMMON + (_INSIDE / "source.py").read_text(encoding="utf-8")
TARGET = _COMMON + (_INSIDE / "target.py").read_text(encoding="utf-8")
DESCRIBE = "\nresult = described(cls)\n"
RUN = '\nresult = [one_call(cls, arguments, values["base"]) for arguments in values["calls"]]\n'
