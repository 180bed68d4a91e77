"""What tshark makes of a file with GBCS messages, field by field."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

LINK_TYPE = 'uat:user_dlts:"User 0 (DLT=147)","gbcs_message","0","","0",""'
"""The preference that tells it what is in packets of this link type."""


def dissected_by_tshark(file: Path, fields: Sequence[str]) -> list[dict[str, str]]:
    """Each packet's fields, as tshark's text; empty where the packet has no such field."""
    assert shutil.which("tshark"), "tshark is missing: apt-get install tshark"
    wanted = [word for field in fields for word in ("-e", field)]
    command = ["tshark", "-r", str(file), "-o", LINK_TYPE, "-T", "fields", "-E", "separator=|"]
    done = subprocess.run(
        [*command, *wanted], capture_output=True, text=True, check=True, timeout=120
    )
    return [dict(zip(fields, line.split("|"), strict=True)) for line in done.stdout.splitlines()]
