"""The loops over single bytes, as the processor can do them best: see `octets_plain`."""

import sys

if sys.platform == "rp2":
    from commshub.octets_thumb import TABLE, is_sound, open_frame, seal, take_out
else:
    from commshub.octets_plain import TABLE, is_sound, open_frame, seal, take_out

CHECK_BYTES = 4  # of a check sum

__all__ = ["CHECK_BYTES", "TABLE", "is_sound", "open_frame", "seal", "take_out"]
