"""The power outages of hubs that a scenario's `dcc_alerts` tell the DSP of."""

from hubwire.identities import CHF
from stormbench.dsp.dcc_alerts import PowerOutage
from stormbench.scenario.model import Scenario
from stormbench.scenario.pace import Pace


def outages_of(scenario: Scenario) -> list[PowerOutage]:
    """Each with its time in the run; a hub has the EUI-64 of the CHF that is behind it."""
    pace = Pace(scenario.time_scale)
    named = {
        device.hub: bytes.fromhex(device.originator)
        for device in scenario.devices
        if device.kind == "CHF"
    }
    return [
        PowerOutage(pace.ms(alert.at_ms), named.get(alert.hub) or _made_up(alert.hub))
        for alert in scenario.dcc_alerts
    ]


def _made_up(hub_id: int) -> bytes:
    """In the range of DCC's published test identities, as `CHF` is."""
    return CHF[:6] + hub_id.to_bytes(2, "big")
