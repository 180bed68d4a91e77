"""DCC Alerts: what the DCC's own systems tell a network operator; no device sent it.

One kind: AD1, a hub that lost its supply (PowerOutageEvent). The WAN's operator reports it and the
DSP sends it on, so it never crosses the WAN as an alert, no throttle here sees it, and it is in no
term of the account. Valid and unsigned, like the documents of `duis.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from stormbench.dsp.dispatch import EPOCH, Delivery
from stormbench.dsp.duis import (
    NAMESPACE,
    RESPONSE_CODE,
    DuisUnreadable,
    add,
    as_bytes,
    eui_text,
    new_response,
    time_text,
)

POWER_OUTAGE = "AD1"
OUTAGE_MS = 180_000
"""A hub without supply is reported after more than 3 minutes (modification MP102)."""

MPXN = "1200000000000"
"""The metering point that the document must name: made up, as nothing here has one."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


@dataclass(frozen=True, slots=True)
class PowerOutage:
    """A hub lost its supply; `at_ms` is when the DSP hears of it, `hub` the EUI-64 of its CHF."""

    at_ms: int
    hub: bytes


def sent_on(outages: Iterable[PowerOutage], epoch: datetime = EPOCH) -> list[Delivery]:
    """What the DSP sends to Users of these, in order of time; `epoch` is scenario time 0."""
    return [
        Delivery(outage.at_ms, "dcc", _document(outage, epoch))
        for outage in sorted(outages, key=lambda outage: outage.at_ms)
    ]


def read(document: bytes) -> str:
    """The code of the DCC Alert that a document is.

    Raises:
        DuisUnreadable: it is none.
    """
    try:
        response = etree.fromstring(document, _PARSER)
    except etree.XMLSyntaxError as error:
        raise DuisUnreadable(f"not XML: {error}; {document[:32]!r}") from error
    path = "sr:Body/sr:DCCAlertMessage/sr:DCCAlertCode"
    code: str | None = response.findtext(path, None, {"sr": NAMESPACE})
    if not code:
        raise DuisUnreadable("expected a DUIS Response about a DCC Alert, found none in it")
    return code


def _document(outage: PowerOutage, epoch: datetime) -> bytes:
    sent_at = epoch + timedelta(milliseconds=outage.at_ms)
    response = new_response()
    header = add(response, "Header")
    add(header, "ResponseCode", RESPONSE_CODE)
    add(header, "ResponseDateTime", time_text(sent_at))
    about = add(add(response, "Body"), "DCCAlertMessage")
    add(about, "DCCAlertCode", POWER_OUTAGE)
    event = add(add(about, "DCCAlert"), "PowerOutageEvent")
    add(event, "CommsHubDeviceID", eui_text(outage.hub))
    add(event, "StartDateTime", time_text(sent_at - timedelta(milliseconds=OUTAGE_MS)))
    add(event, "MPxN", MPXN)
    return as_bytes(response)
