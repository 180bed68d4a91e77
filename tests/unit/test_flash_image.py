"""Which image is flashed, and which is refused before anything is written."""

from pathlib import Path

import pytest

from image_bench import for_family, hub_image, other_program, stock_image, stored
from stormbench.errors import HostToolError, InvalidInput, NoHub
from stormbench.flashing.image_choice import fit_image
from stormbench.image import cache
from stormbench.image.uf2 import Uf2Damaged

FOREIGN = "ab" * 32


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORMBENCH_CACHE", str(tmp_path / "cache"))


def test_image_of_this_tree_is_taken_without_a_remark(tmp_path: Path) -> None:
    fit = fit_image(stored(tmp_path, hub_image()))
    assert (fit.remark, fit.content, fit.can_be_asked) == (None, hub_image(), True)


def test_image_of_other_sources_that_speaks_our_frames_is_taken_and_told(tmp_path: Path) -> None:
    fit = fit_image(stored(tmp_path, hub_image(FOREIGN)))
    assert fit.remark is not None and "ABABABABABAB, is not this tree's" in fit.remark


def test_image_that_speaks_another_protocol_is_refused_with_the_command(tmp_path: Path) -> None:
    path = stored(tmp_path, hub_image(FOREIGN, frames=b"\xca\xfe\x00\x01"))
    with pytest.raises(InvalidInput, match=r"hub\.uf2: .*another protocol.*firmware build"):
        fit_image(path)


def test_stock_image_is_taken_and_the_next_step_told(tmp_path: Path) -> None:
    fit = fit_image(stored(tmp_path, stock_image()))
    assert fit.remark is not None and "`stormbench firmware deploy`" in fit.remark
    assert fit.can_be_asked


def test_image_of_another_program_is_taken_and_nothing_is_asked_of_it(tmp_path: Path) -> None:
    fit = fit_image(stored(tmp_path, other_program()))
    assert fit.remark is not None and not fit.can_be_asked


@pytest.mark.parametrize(
    ("family", "chip"),
    [
        (0xE48BFF59, r"an RP2350 \(Arm\)"),
        (0xE48BFF57, "an RP2350"),
        (0xADA52840, "an nRF52840"),
        (0x12345678, "another chip"),
    ],
)
def test_image_for_another_chip_is_refused_by_its_name(
    family: int, chip: str, tmp_path: Path
) -> None:
    path = stored(tmp_path, for_family(hub_image(), family))
    with pytest.raises(InvalidInput, match=f"is for {chip}: expected .*E48BFF56.*{family:08X}"):
        fit_image(path)


@pytest.mark.parametrize(
    "content", [b"", b"UF2\n", hub_image()[:-1], hub_image()[512:], bytes(512)]
)
def test_damaged_file_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(Uf2Damaged):
        fit_image(stored(tmp_path, content))


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none\.uf2, got: No such file"):
        fit_image(tmp_path / "none.uf2")


def test_without_a_name_the_hubs_image_in_the_cache_is_taken_before_the_official_one() -> None:
    cache.store_image("RPI_PICO", "k2", stock_image())
    assert fit_image(None).info.source_sha256 is None
    path = cache.store_image("COMMS_HUB_PICO", "k1", hub_image())
    assert fit_image(None).path == path


def test_empty_cache_names_three_ways() -> None:
    with pytest.raises(NoHub) as caught:
        fit_image(None)
    for way in ("firmware build`", "firmware get`", "firmware flash IMAGE.uf2`"):
        assert way in str(caught.value)


def test_old_image_in_the_cache_is_refused_too() -> None:
    cache.store_image("COMMS_HUB_PICO", "k1", hub_image(FOREIGN, frames=bytes(4)))
    with pytest.raises(HostToolError, match="another protocol"):
        fit_image(None)
