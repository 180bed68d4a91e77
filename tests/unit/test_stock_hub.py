"""Where stock MicroPython comes from, and what the command line says where it cannot be had."""

import hashlib
import sys
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_mock import MockerFixture

from command_line import stormbench
from stormbench.cli._hub_image import hub_with_image
from stormbench.errors import ExitCode, InvalidInput, NoHub
from stormbench.hub.open import VIRTUAL_HUBS, hub_kind, links_of
from stormbench.image import DEFAULT_BOARD, cache, get
from stormbench.image.get import OFFICIAL_BOARD, OFFICIAL_URL
from stormbench.image.identity import Identity, identity_module
from stormbench.image.stock import stock_image
from stormbench.image.uf2 import decode_uf2, encode_uf2, flash_contents
from test_image_info import flash_that_says

STOCK = flash_that_says({0x02031C86: b"MicroPython", 0x11A9BC3A: b"v1.25.0"})
HUB = STOCK + identity_module(Identity((0, 1, 0), "0123456789abcdef" * 4))
getting = sys.modules[get.__module__]  # whose name in its package is the function's
WAYS = ("--uf2 PATH", "stormbench firmware build", OFFICIAL_URL)


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORMBENCH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def network(mocker: MockerFixture) -> Any:
    """What answers on the network: nobody, unless a test says otherwise."""
    lost = urllib.error.URLError("no route to host")
    return mocker.patch("urllib.request.urlopen", side_effect=lost)


def a_file(folder: Path, flash: bytes) -> Path:
    path = folder / "image.uf2"
    path.write_bytes(encode_uf2(flash))
    return path


def test_image_that_is_named_is_taken(tmp_path: Path) -> None:
    assert stock_image(a_file(tmp_path, STOCK)) == tmp_path / "image.uf2"


def test_image_with_a_hub_in_it_is_not_stock(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"stock MicroPython at .*got one with a hub in it"):
        stock_image(a_file(tmp_path, HUB))


def test_image_of_another_program_is_not_stock(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="got another program"):
        stock_image(a_file(tmp_path, flash_that_says({0x02031C86: b"blink"})))


def test_image_in_the_cache_is_taken_and_nothing_is_fetched(network: Any) -> None:
    kept = cache.store_image(OFFICIAL_BOARD, "kept", encode_uf2(STOCK))
    assert stock_image() == kept
    network.assert_not_called()


@pytest.fixture
def release(network: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Plays MicroPython's server: says what is in the official release."""

    def say(content: bytes) -> None:
        network.side_effect = None
        network.return_value.__enter__.return_value.read.return_value = content
        monkeypatch.setattr(getting, "OFFICIAL_SHA256", hashlib.sha256(content).hexdigest())

    return say


def test_release_is_fetched_once_where_none_is_in_the_cache(
    network: Any, release: Callable[[bytes], None]
) -> None:
    release(encode_uf2(STOCK))
    assert stock_image() == stock_image()
    network.assert_called_once()


def test_what_is_fetched_and_is_no_micropython_is_refused(
    release: Callable[[bytes], None],
) -> None:
    release(encode_uf2(b"blink"))
    with pytest.raises(InvalidInput, match="got another program"):
        stock_image()


def test_three_ways_are_named_where_there_is_none(network: Any) -> None:
    with pytest.raises(NoHub, match="no route to host") as caught:
        stock_image()
    assert all(way in str(caught.value) for way in WAYS)


def test_compare_without_any_image_ends_with_3_and_names_three_ways(
    network: Any, tmp_path: Path
) -> None:
    ran = stormbench("compare", "--hub", "emulated", "--out", tmp_path / "out")
    assert ran.exit_code == ExitCode.NO_HUB
    assert all(way in ran.complaint() for way in WAYS)
    network.assert_called_once()


@pytest.mark.parametrize("hub", ["emulated", "emulated:uart", "emulated:repl"])
def test_hub_whose_image_is_in_the_cache_stays_that_hub(hub: str, network: Any) -> None:
    cache.store_image(DEFAULT_BOARD, "kept", encode_uf2(HUB))
    assert hub_with_image(hub, None) == hub
    network.assert_not_called()


@pytest.mark.parametrize("hub", ["emulated:uart", "sim", "unix"])
def test_nothing_stands_in_for_any_other_hub(hub: str, network: Any) -> None:
    assert hub_with_image(hub, None) == hub
    network.assert_not_called()


def test_nothing_stands_in_for_an_image_that_was_named(network: Any, tmp_path: Path) -> None:
    assert hub_with_image("emulated", a_file(tmp_path, HUB)) == "emulated"
    network.assert_not_called()


def test_replay_without_any_image_says_that_there_is_another_hub(tmp_path: Path) -> None:
    trace = tmp_path / "trace.csv"
    trace.write_text("t_ms,originator,target,code\n0,00DB1234567890A0,90B3D51F30010000,8F3E\n")
    ran = stormbench("replay", trace, "--hub", "emulated", "--out", tmp_path / "v.csv")
    assert ran.exit_code == ExitCode.NO_HUB
    assert "--hub emulated:stock" in ran.complaint()


def test_compare_says_which_hub_takes_a_stock_image(tmp_path: Path) -> None:
    uf2 = a_file(tmp_path, STOCK)
    ran = stormbench("compare", "--hub", "emulated", "--uf2", uf2, "--out", tmp_path / "out")
    assert ran.exit_code == ExitCode.INVALID
    assert f"--hub emulated:stock --uf2 {uf2}" in ran.complaint()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--hub", "sim"), "expected emulated:stock"),
        (("--hub", "emulated:stock", "--port", "auto"), "got both"),
        (("--uf2", "stock.uf2"), "was not asked for"),
        (("--port", "/dev/there-is-none"), "/dev/there-is-none cannot be opened"),
    ],
)
def test_deploy_refuses_what_it_cannot_mean(options: tuple[str, ...], expected: str) -> None:
    ran = stormbench("firmware", "deploy", *options)
    assert ran.exit_code in (ExitCode.INVALID, ExitCode.NO_HUB)
    assert expected in ran.complaint()


def test_stock_hub_is_a_kind_of_its_own_and_no_link_of_another() -> None:
    assert "emulated:stock" in VIRTUAL_HUBS
    assert hub_kind("emulated:stock") == "emulated:stock"
    assert "emulated:stock" not in links_of("emulated")


def test_erased_flash_can_be_left_out_of_an_image() -> None:
    flash = b"a" * 256 + b"\xff" * 512 + b"b" * 256 + b"\xff" * 256
    blocks = decode_uf2(encode_uf2(flash, with_erased=False))
    assert len(blocks) == 2
    assert flash_contents(blocks) == flash[:-256]
