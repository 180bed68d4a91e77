"""Question 2, better placed as firmware: what each place saves, where that ends, what it costs."""

from collections.abc import Iterator

from stormbench.study.break_even import along, widest_that_matters
from stormbench.study.evidence import ESTABLISHED, MEASURED
from stormbench.study.in_words import place_in_words, share_saved
from stormbench.study.numbers import amount
from stormbench.study.recipes import CELL_HUBS
from stormbench.study.sentence import (
    Report,
    Sentence,
    difference,
    mean,
    shown,
    simulated,
)
from stormbench.study.verdict import place_of

_P99, _LOST = "other_alert_delay_ms.p99", "other_alert_delay_ms.lost"
_COSTS = (
    ("flash of the whole image", "of flash, MicroPython in it"),
    ("RAM with 16 devices", "of RAM with full tables"),
    ("one decision, p99", "for 99 of 100 decisions"),
)


def placed_as_firmware(report: Report) -> Iterator[Sentence]:
    """Its sentences; see `answers`."""
    whole, sweeps, scenarios = report["overall"], report["sweeps"], report["scenarios"]
    verdict = report["verdict"]
    yield simulated(verdict["sentence"])
    for condition in verdict["conditions"]:
        yield simulated(condition)
    yield from _hub_and_dsp(whole)
    yield from _meter(whole)
    yield simulated(
        "Alerts at Users with a second throttle at the DSP, behind hubs that all have one: "
        f"{difference(whole['differences']['layered-hub'], 'hops.user.alerts')}."
    )
    if "break_even" in sweeps:
        yield from _break_even(sweeps["break_even"])
    if "cell" in sweeps:
        yield from _many_storms(sweeps["cell"])
    if "hub_resets" in scenarios:
        yield from _resets(scenarios["hub_resets"])
    yield from _mask(whole, sweeps.get("mask_delay"))
    yield from _cost(report["firmware_cost"])
    yield Sentence(
        "What firmware costs that cannot be measured here (devices that never update, an order of "
        "upgrades, inventory in doubt, certification, changes of specifications) is in the tables "
        "of drawbacks, each with its evidence.",
        ESTABLISHED,
    )


def _hub_and_dsp(whole: Report) -> Iterator[Sentence]:
    arms, hub_less_dsp = whole["arms"], whole["differences"]["hub-dsp"]
    wan = (arms[arm]["hops.wan.bytes"]["mean"] for arm in ("hub", "dsp"))
    yield simulated(
        f"Compared with the DSP, a throttle at the hub puts {share_saved(*wan)} fewer bytes onto "
        "the WAN, mean of storms. The delay of other alerts, of 99 in 100: "
        f"{difference(hub_less_dsp, _P99)}; other alerts lost in a run: "
        f"{difference(hub_less_dsp, _LOST)}."
    )
    lost = mean(whole, "dsp", "hops.wan.alerts"), mean(whole, "dsp", "hops.dsp.alerts")
    dropped = None not in lost and (lost[0] or 0) - (lost[1] or 0)
    yield simulated(
        "What Users get from the hub instead of the DSP, in alerts: "
        f"{difference(hub_less_dsp, 'hops.user.alerts')}"
        + (
            f"; with the throttle at the DSP {amount(dropped, 'alerts')} a run never arrived "
            "there, because the WAN's queue was full."
            if dropped
            else "."
        )
    )


def _meter(whole: Report) -> Iterator[Sentence]:
    arms, device_less_hub = whole["arms"], whole["differences"]["device-hub"]
    han = arms["device"]["hops.han.bytes"]["mean"], arms["hub"]["hops.han.bytes"]["mean"]
    signed = arms["device"]["built.signature"]["mean"], arms["hub"]["built.signature"]["mean"]
    same = device_less_hub["hops.wan.bytes"]["spans_zero"]
    yield simulated(
        f"In the meter itself it spares {share_saved(*han)} of the HAN's bytes as well, and "
        f"{share_saved(*signed)} of the meters' signatures; bytes onto the WAN, compared with the "
        f"hub: {difference(device_less_hub, 'hops.wan.bytes')}."
        + (
            " Where both do as well, the hub is named, because it takes the firmware of one kind "
            "of device, and the meter's of every kind."
            if same
            else ""
        )
    )


def _break_even(sweep: Report) -> Iterator[Sentence]:
    widest = widest_that_matters(sweep)
    known = {storm: wan for storm, wan in widest.items() if wan is not None}
    if not known:
        yield simulated("At no rate of the WAN that was tried does the place make a difference.")
        return
    storm, wan = max(known.items(), key=lambda each: each[1])
    yield simulated(
        f"It depends on how narrow the WAN is: with one storming meter the place matters up to "
        f"{wan:g} bytes/s for the hubs of a cell (at {storm:g} alerts an hour), and at no faster "
        "one of those that were tried."
    )


def _many_storms(sweep: Report) -> Iterator[Sentence]:
    waits = along(sweep, "hub", _P99)
    if len(waits) > 1:
        (few, short_ms), (many, long_ms) = waits[0], waits[-1]
        yield simulated(
            f"With storms in {many:g} of {CELL_HUBS} hubs on one cell other alerts wait "
            f"{amount(long_ms, 'ms')} with the throttle at the hubs, too, and "
            f"{amount(short_ms, 'ms')} with storms in {few:g}: what passes before a storm is "
            "known as one fills a narrow WAN."
        )


def _resets(scenario: Report) -> Iterator[Sentence]:
    place = place_of(scenario)
    yield simulated(
        "A hub that loses its power again and again in a storm goes on from what it saved; it "
        f"loses the count of {shown(scenario, 'hub', 'lost_at_reset')} alerts a run. The best "
        f"place then, by the runs: {place_in_words(place)}."
    )


def _mask(whole: Report, sweep: Report | None) -> Iterator[Sentence]:
    if not mean(whole, "mask", "silent"):
        yield simulated(
            "The remedy that there is, SR 6.22, comes an hour after a storm began, as assumed "
            "here, and the library's storms are over by then: so it does nothing in them."
        )
    if not sweep:
        return
    silent, alerts = along(sweep, "mask", "silent"), along(sweep, "none", "hops.han.alerts")
    if silent and silent[0][1]:
        (delay_ms, hidden), (_, of) = silent[0], alerts[0]
        yield simulated(
            f"In homes in which a meter storms on eight evenings it hides "
            f"{amount(hidden, 'alerts')} of {amount(of, 'alerts')} alerts, if it comes after "
            f"{amount(delay_ms, 'ms')}, and tells nobody how many; it takes "
            f"{amount(along(sweep, 'mask', 'service_requests.bytes')[0][1], 'bytes')} of requests "
            "and responses a run."
        )


def _cost(rows: list[Report]) -> Iterator[Sentence]:
    parts = [
        f"{amount(row['value'], row['unit'])}{_unit(row['unit'])} {words}"
        for what, words in _COSTS
        for row in rows
        if row["what"].startswith(what)
    ]
    if parts:
        yield Sentence(
            f"As firmware it takes, on an emulated Pico: {', '.join(parts)}.",
            MEASURED,
        )


def _unit(unit: str) -> str:
    """What `amount` leaves to a heading."""
    return "" if unit in ("bytes", "ms", "share") else f" {unit}"
