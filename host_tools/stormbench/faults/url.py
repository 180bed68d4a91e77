"""A link with faults as a URL: `faults://FIELD=VALUE&...@INNER`.

Everything up to the first `@` is the plan, parted by `&` or `,`, with `seed` for the seed, 0 where
it is not there; all behind it is the inner port as it would be named without faults, URLs too:

    faults://drop=0.02&seed=7@/dev/ttyACM0
    faults://corrupt=0.1,stalls=1,stall_ms=2000,frames=100@socket://localhost:7000
    faults://@loop://

It opens nothing.
"""

from typing import NamedTuple

import serial

from stormbench.errors import InvalidInput
from stormbench.faults.plan import FaultPlan, plan_of, read_fields

SCHEME = "faults://"

_HANDLERS = "stormbench.faults.urlhandler"


class FaultyUrl(NamedTuple):
    """What a URL asks for."""

    plan: FaultPlan
    seed: str
    inner: str


def read_url(url: str) -> FaultyUrl:
    """The plan, the seed and the inner port's name.

    Raises:
        InvalidInput: it is no such URL, or its plan is refused.
    """
    scheme, line = url[: len(SCHEME)], url[len(SCHEME) :]
    fields, has_inner, inner = line.partition("@")
    if scheme.lower() != SCHEME or not has_inner or not inner:
        raise InvalidInput(
            f"expected {SCHEME}FIELD=VALUE&...@PORT, for example "
            f"{SCHEME}drop=0.02&seed=7@/dev/ttyACM0, got {url!r}"
        )
    texts = read_fields(fields)
    seed = texts.pop("seed", "0")
    return FaultyUrl(plan_of(texts, fields), seed, inner)


def register() -> None:
    """Let `serial.serial_for_url` know the scheme, in this process; may be called twice.

    For a program that is not ours, pyserial's terminal for example:

        python -c "from stormbench.faults.url import register; register(); \\
                   from serial.tools.miniterm import main; main()" faults://drop=0.1@/dev/ttyACM0
    """
    if _HANDLERS not in serial.protocol_handler_packages:
        serial.protocol_handler_packages.append(_HANDLERS)
