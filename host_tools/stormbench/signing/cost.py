"""What a signature and a MAC cost, and so what a device saves that makes fewer alerts.

Times are of this PC, in one run: good beside each other, and no figures of a meter. What is
assumed of a small processor stands apart, with its source. Plain data, for any report.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from hubwire.gbcs import decode, encode, protected_bytes
from hubwire.gbcs_make import Recipe, make
from stormbench.signing.protection import mac, shared_secret, signature

MEASURED = "measured on this PC"

ASSUMED_SIGNATURE_MS = 465.1
"""Of a Cortex-M0 at 48 MHz. The source has no figure of a signature: it is that of one key
agreement on secp256r1, which has the same multiplication of a point in it, as a signature has.
A Cortex-M0+ that multiplies in one cycle, or has a faster clock, takes less."""
ASSUMED_SOURCE = (
    "kmackay/micro-ecc, index.md, 'ECDH for different curves': secp256r1 on an LPC1114 "
    "(Cortex-M0, multiplies in 32 cycles) at 48 MHz, with its assembly"
)

_CRITICAL, _NON_CRITICAL = Recipe(code=0x8F30), Recipe(code=0x810E)
"""Generic alerts of an electricity meter, as in DCC's test data set."""
_NS_PER_US = 1_000


@dataclass(frozen=True, slots=True)
class PerAlert:
    """Medians on this PC, us.

    Attributes:
        signature_us: ECDSA on P-256, SHA-256 of the message included.
        mac_us: derivation of the message's key, and the MAC.
        agreement_us: ECDH on P-256, which a device needs once for each target.
    """

    signature_us: float
    mac_us: float
    agreement_us: float


def measured(repeats: int = 200) -> PerAlert:
    """Time each, `repeats` times; takes some 100 us for each repeat."""
    critical, non_critical = make(_CRITICAL), make(_NON_CRITICAL)
    over_critical, over_non_critical = protected_bytes(critical), protected_bytes(non_critical)
    agree = shared_secret.__wrapped__
    return PerAlert(
        signature_us=_median_us(lambda: signature(critical, over_critical), repeats),
        mac_us=_median_us(lambda: mac(non_critical, over_non_critical), repeats),
        agreement_us=_median_us(lambda: agree(critical.originator, critical.target), repeats),
    )


def cost_of(messages: Iterable[bytes], per_alert: PerAlert) -> dict[str, Any]:
    """What the signatures and MACs of these alerts cost whoever makes them.

    Args:
        messages: whole GBCS alerts; of what a device did not make, those it would have made.

    Returns:
        `signature_us`, `mac_us`, `agreement_us` of one; `signed_alerts` and `macd_alerts` with
        their `signed_bytes` and `macd_bytes`; `total_us` of all, without agreements; `evidence`
        of these times; and `assumed`: `signature_ms` of one and `signatures_s` of all on a small
        processor, with its `source`.

    Raises:
        ProtocolError: one of them is no alert.
    """
    lengths: dict[str, list[int]] = {"signature": [], "mac": []}
    for message in messages:
        lengths[decode(message).form].append(len(message))
    signed, macd = lengths["signature"], lengths["mac"]
    return {
        **asdict(per_alert),
        "signed_alerts": len(signed),
        "signed_bytes": sum(signed),
        "macd_alerts": len(macd),
        "macd_bytes": sum(macd),
        "total_us": len(signed) * per_alert.signature_us + len(macd) * per_alert.mac_us,
        "evidence": MEASURED,
        "assumed": {
            "signature_ms": ASSUMED_SIGNATURE_MS,
            "signatures_s": len(signed) * ASSUMED_SIGNATURE_MS / 1000,
            "source": ASSUMED_SOURCE,
        },
    }


def one_of_each() -> list[bytes]:
    """A generic critical alert, which is signed, and a non-critical one, which has a MAC."""
    return [encode(make(recipe)) for recipe in (_CRITICAL, _NON_CRITICAL)]


def _median_us(made: Callable[[], object], repeats: int) -> float:
    made()  # what is made once only, such as keys, is no part of it
    taken_ns = []
    for _ in range(repeats):
        begun_ns = time.perf_counter_ns()
        made()
        taken_ns.append(time.perf_counter_ns() - begun_ns)
    return median(taken_ns) / _NS_PER_US
