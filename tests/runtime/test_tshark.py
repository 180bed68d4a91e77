"""tshark's own dissector of GBCS reads what we make as we meant it."""

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from dissected import dissected_by_tshark
from hubwire import vectors_gbcs
from hubwire.gbcs import Alert, encode
from hubwire.pcap import pcap_header, pcap_record
from stormbench.signing.protection import protected

HEADER = "gbcs_message.grouping_header"
FIELDS = (
    *(f"{HEADER}.cra_flag", f"{HEADER}.originator_counter"),
    *(f"{HEADER}.business_originator_id", f"{HEADER}.business_target_id"),
    f"{HEADER}.message_code",
    f"{HEADER}.supplementary_remote_party_id",
    f"{HEADER}.supplementary_remote_party_counter",
    f"{HEADER}.supplementary_remote_party_originator_counter",
    f"{HEADER}.supplementary_remote_party_ka_certificate",
    *("gbcs_message.mac", "gbcs_message.krp", "gbcs_message.element_length"),
    *("gbcs_gbz.alert_code", "gbcs_gbz.timestamp", "gbcs_gbz.invalid_length"),
    *("data.data", "_ws.malformed", "_ws.expert.message"),
)
OPEN_GBZ_TIME = datetime(2136, 2, 7, 6, 28, 15, tzinfo=timezone.utc)


def dissect(file: Path) -> list[dict[str, str]]:
    """Each message's fields, as tshark's text; empty where the message has no such field."""
    return dissected_by_tshark(file, FIELDS)


@pytest.fixture(scope="module")
def made() -> list[Alert]:
    return [protected(alert) for alert in vectors_gbcs.alerts()]


@pytest.fixture(scope="module")
def dissected(made: list[Alert], tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    file = tmp_path_factory.mktemp("tshark") / "made.pcap"
    time = datetime(2030, 1, 15, tzinfo=timezone.utc)
    file.write_bytes(pcap_header() + b"".join(pcap_record(time, encode(alert)) for alert in made))
    return dissect(file)


def test_tshark_reads_every_made_alert(made, dissected, capsys):
    assert len(dissected) == len(made)
    with capsys.disabled():
        print(f"\n{len(made)} made alerts dissected by tshark")


def test_tshark_finds_nothing_malformed(dissected):
    for told in dissected:
        assert not told["_ws.malformed"] + told["_ws.expert.message"]
        assert not told["gbcs_gbz.invalid_length"]


def test_tshark_reads_the_headers_as_meant(made, dissected):
    for alert, told in zip(made, dissected, strict=True):
        assert {name: told[name] for name in _headers(alert)} == _headers(alert)


def test_tshark_reads_every_length_as_meant(made, dissected):
    for alert, told in zip(made, dissected, strict=True):
        lengths = [int(length) for length in told["gbcs_message.element_length"].split(",")]
        assert lengths == _lengths(alert)


def test_tshark_reads_gbz_payloads_as_meant(made, dissected):
    for alert, told in zip(made, dissected, strict=True):
        if alert.payload == "gbz":
            assert int(told["gbcs_gbz.alert_code"], 16) == alert.alert_code
            assert _time(told["gbcs_gbz.timestamp"]) == (alert.timestamp or OPEN_GBZ_TIME)


def test_tshark_cuts_out_dlms_payloads_as_meant(made, dissected):
    for alert, told in zip(made, dissected, strict=True):
        if alert.payload == "dlms":
            assert bytes.fromhex(told["data.data"]) == alert.payload_bytes


def _eui(eui: bytes | None) -> str:
    return eui.hex(":") if eui is not None else ""


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


def _headers(alert: Alert) -> dict[str, Any]:
    counter, certificate = alert.supplementary_originator_counter, alert.certificate or b""
    if certificate:
        # tshark expects a counter before a certificate. DCC's parser has one or the other, as we.
        counter, certificate = int.from_bytes(certificate[:8], "big"), certificate[8:]
    is_mac = alert.form == "mac"
    values = (
        *("0x03", str(alert.originator_counter)),
        *(_eui(alert.originator), _eui(alert.target)),
        f"0x{alert.message_code:04x}",
        _eui(alert.supplementary_party),
        _number(alert.supplementary_counter),
        _number(counter),
        certificate.hex(),
        alert.protection.hex() if is_mac else "",
        "" if is_mac else alert.protection.hex(),
    )
    return dict(zip(FIELDS, values, strict=False))


def _lengths(alert: Alert) -> list[int]:
    """In order: six empty fields and the rest in the MAC header, then the grouping header's."""
    other_bytes = 2 + 8 * (alert.supplementary_party is not None)
    other_bytes += 8 * (alert.supplementary_counter is not None)
    other_bytes += 8 * (alert.supplementary_originator_counter is not None)
    other_bytes += len(alert.certificate or b"")
    header = [9, 8, 8, len(alert.header_date_time), other_bytes, len(alert.payload_bytes)]
    if alert.form == "signature":
        return [*header, 64]
    length_bytes = 1 if (rest := alert.length - 8) < 128 else 2 if rest - 1 < 256 else 3
    length_bytes += alert.spare_length_bytes[0]
    return [*[0] * 6, alert.length - 7 - length_bytes, *header, 0]


def _time(text: str) -> datetime:
    words = " ".join(text.split()).replace(".000000000", "")
    return datetime.strptime(words, "%b %d, %Y %H:%M:%S UTC").replace(tzinfo=timezone.utc)
