"""An image that `--uf2` or an argument names: looked at before anything boots or is written."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_mock import MockerFixture

from command_line import stormbench
from image_bench import for_family, hub_image, stored
from stormbench.doctor.hubs import hub_findings
from stormbench.errors import InvalidInput
from stormbench.hub.open import VIRTUAL_HUBS, is_emulated
from stormbench.image import cache, find_image
from stormbench.image.image_file import LARGEST_BYTES
from stormbench.inject.run import opened

EMULATED = [name for name in VIRTUAL_HUBS if is_emulated(name)]
BAD = {
    "for another chip": lambda path: path.write_bytes(for_family(hub_image(), 0xE48BFF59)),
    "text": lambda path: path.write_bytes(b"no image at all\n"),
    "cut": lambda path: path.write_bytes(hub_image()[:-100]),
    "pipe": os.mkfifo,
    "not there": lambda path: None,
}
SAYS = {
    "for another chip": "0xE48BFF59",
    "text": "is not a UF2",
    "cut": "cut short",
    "pipe": "a pipe or a device",
    "not there": "No such file",
}


@pytest.fixture(autouse=True)
def nothing_here(tmp_path: Path, mocker: MockerFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """No port, and no image in the cache."""
    mocker.patch("serial.tools.list_ports.comports", return_value=[])
    monkeypatch.setenv("STORMBENCH_CACHE", str(tmp_path / "cache"))


@pytest.fixture(params=BAD)
def bad(request: pytest.FixtureRequest, tmp_path: Path) -> SimpleNamespace:
    """A file that is no image, and a part of what is said of it."""
    path = tmp_path / "image.uf2"
    BAD[request.param](path)
    return SimpleNamespace(path=path, says=SAYS[request.param])


@pytest.mark.parametrize("hub", [*EMULATED, "faults://drop=0.1@emulated"])
def test_emulated_hub_boots_no_file_that_is_no_image(hub: str, bad: SimpleNamespace) -> None:
    ran = stormbench("firmware", "info", "--hub", hub, "--uf2", bad.path)
    assert ran.exit_code == 2
    said = ran.complaint()
    assert str(bad.path) in said and bad.says in said


@pytest.mark.parametrize("command", [("selftest",), ("compare",), ("bench",)])
def test_every_command_refuses_such_a_file(
    command: tuple[str, ...], bad: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = stormbench(*command, "--hub", "emulated", "--uf2", bad.path)
    assert (ran.exit_code, ran.out) == (2, "")
    assert bad.says in ran.err.splitlines()[-1]


@pytest.mark.parametrize("command", [("firmware", "info"), ("firmware", "flash")])
def test_so_do_those_that_only_read_it(command: tuple[str, ...], bad: SimpleNamespace) -> None:
    ran = stormbench(*command, bad.path)
    assert ran.exit_code == 2 and str(bad.path) in ran.complaint()


def test_device_without_an_end_is_no_image() -> None:
    ran = stormbench("firmware", "info", "/dev/zero")
    assert (ran.exit_code, "a pipe or a device" in ran.complaint()) == (2, True)


def test_file_that_no_flash_can_hold_is_not_read_to_its_end(tmp_path: Path) -> None:
    with (tmp_path / "long.uf2").open("wb") as file:
        file.truncate(1 << 40)  # of nothing: it takes no room on the disk
    ran = stormbench("firmware", "info", tmp_path / "long.uf2")
    assert (ran.exit_code, f"at most {LARGEST_BYTES} bytes" in ran.complaint()) == (2, True)


def test_largest_image_is_that_of_the_largest_flash() -> None:
    assert LARGEST_BYTES == 32 * 1024 * 1024


def test_file_in_the_cache_that_cannot_be_read_counts_as_not_there() -> None:
    with cache.store_image("COMMS_HUB_PICO", "k1", hub_image()).open("wb") as file:
        file.truncate(1 << 40)
    assert find_image() is None


def test_what_is_wrong_with_the_cache_ends_with_3_and_says_what_to_do() -> None:
    cache.store_image("COMMS_HUB_PICO", "k1", hub_image()).write_bytes(b"damaged")
    ran = stormbench("firmware", "info", "--hub", "emulated")
    assert ran.exit_code == 3
    said = ran.complaint()
    assert "no whole UF2 image" in said and "`stormbench firmware build`" in said


# Where it means nothing.


@pytest.mark.parametrize("hub", ["sim", "unix", "/dev/ttyACM0", "faults://drop=0.1@sim"])
@pytest.mark.parametrize(
    "command",
    [("selftest",), ("firmware", "info"), ("monitor", "--once"), ("policy", "show")],
)
def test_image_for_a_hub_that_boots_none_is_refused(
    command: tuple[str, ...], hub: str, tmp_path: Path
) -> None:
    ran = stormbench(*command, "--hub", hub, "--uf2", stored(tmp_path, hub_image()))
    assert ran.exit_code == 2
    assert f"hub {hub} boots no image" in ran.err.splitlines()[-1]


def test_doctor_refuses_both(bad: SimpleNamespace, tmp_path: Path) -> None:
    for hub, image in (("emulated", bad.path), ("sim", stored(tmp_path, hub_image(), "hub.uf2"))):
        with pytest.raises(InvalidInput):
            list(hub_findings(hub, image))


def test_comparison_on_another_hub_refuses_it_before_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = stormbench("compare", "--hub", "sim", "--uf2", stored(tmp_path, hub_image()))
    assert (ran.exit_code, "boots no image" in ran.complaint()) == (2, True)
    assert not (tmp_path / "out").exists()


def test_storm_into_no_emulated_hub_refuses_it_even_if_nothing_would_be_sent(
    tmp_path: Path,
) -> None:
    image = stored(tmp_path, hub_image())
    hubs = ("--hub", "sim", "--hub", "unix")
    ran = stormbench("inject", "stuck_tamper_sensor", *hubs, "--dry-run", "--uf2", image)
    assert (ran.exit_code, "sim, unix boots no image" in ran.complaint()) == (2, True)


def test_of_several_hubs_the_emulated_ones_alone_get_it(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    open_hub = mocker.patch("stormbench.inject.run.open_hub", side_effect=[mocker.Mock(), OSError])
    mocker.patch("stormbench.inject.run.begin")
    image = stored(tmp_path, hub_image())
    with pytest.raises(OSError), opened(["sim", "emulated"], image):
        pass
    assert [call.args[1] for call in open_hub.call_args_list] == [None, image]


@pytest.mark.parametrize(
    "command",
    [("doctor",), ("policy", "show"), ("firmware", "info", "hub.uf2"), ("monitor", "x.capture")],
)
def test_image_without_a_hub_to_boot_it_is_refused(command: tuple[str, ...]) -> None:
    ran = stormbench(*command, "--uf2", "hub.uf2")
    assert (ran.exit_code, "--uf2 goes with --hub" in ran.complaint()) == (2, True)
