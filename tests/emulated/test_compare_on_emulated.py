"""The shipped comparison on the real image, against the same on the firmware in process."""

from typing import Any

import pytest

from stormbench.compare.run import Comparison
from stormbench.hub.open import open_hub
from stormbench.scenario.read import read_scenario


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The default scenario's report from either hub."""
    scenario = read_scenario(None)
    return {
        hub: Comparison(scenario, scenario.throttle_policy(), hub)
        .run(tmp_path_factory.mktemp(hub))
        .report
        for hub in ("sim", "emulated")
    }


def test_every_arm_comes_to_the_same_on_the_real_image(reports: dict[str, Any]) -> None:
    assert reports["emulated"]["arms"] == reports["sim"]["arms"]


def test_the_real_image_gives_the_same_verdict(reports: dict[str, Any]) -> None:
    assert reports["emulated"]["verdict"] == reports["sim"]["verdict"]


def test_nothing_is_unaccounted_on_the_real_image(reports: dict[str, Any]) -> None:
    arms = reports["emulated"]["arms"]

    assert {name: arm["unaccounted"] for name, arm in arms.items()} == dict.fromkeys(arms, 0)
    assert list(arms) == ["none", "mask", "device", "hub", "dsp", "layered"]


def test_the_report_says_that_the_image_ran_over_its_own_usb_port(
    reports: dict[str, Any],
) -> None:
    hub = reports["emulated"]["hub"]

    assert (hub["kind"], hub["transport"], hub["keyed"]) == ("emulated", "usb_endpoint", False)


def test_two_emulated_hubs_have_unique_ids_of_their_own() -> None:
    clients = [open_hub("emulated", hub_id=hub_id) for hub_id in (1, 2)]
    try:
        assert clients[0].hello.unique_id != clients[1].hello.unique_id
    finally:
        for client in clients:
            client.close()
