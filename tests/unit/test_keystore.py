"""What is kept of a hub's key: sound, damaged or none, and what a cut or a full drive leaves."""

from pathlib import Path

import pytest

from authority_bench import KEY, OTHER_KEY
from commshub import wire
from commshub.keystore import BLOCK, KeyStore
from commshub.store import PosixFile, Store
from hub_bench import Drive


@pytest.fixture
def drive() -> Drive:
    """A file in which a key is kept."""
    drive = Drive(lambda: None)
    KeyStore(Store(drive)).set_key(KEY, 0)
    return drive


def found(drive: Drive) -> tuple[int, bytes | None, int]:
    store = KeyStore(Store(drive))
    return store.state, store.key, store.reserved


def test_where_there_is_no_file_there_is_no_key() -> None:
    assert found(Drive(lambda: None)) == (wire.KEYED_NONE, None, 0)


def test_key_is_found_after_a_restart(drive: Drive) -> None:
    assert found(drive) == (wire.KEYED_SET, KEY, 0)


def test_another_key_takes_its_place(drive: Drive) -> None:
    KeyStore(Store(drive)).set_key(OTHER_KEY, 5)
    assert found(drive) == (wire.KEYED_SET, OTHER_KEY, 5)


def test_counters_are_reserved_up_to_the_end_and_no_further(drive: Drive) -> None:
    store = KeyStore(Store(drive))
    store.reserve(1)
    assert found(drive) == (wire.KEYED_SET, KEY, BLOCK)
    store.reserve(wire.COUNTER_END - 5)
    assert found(drive) == (wire.KEYED_SET, KEY, wire.COUNTER_END)


def test_any_single_flipped_bit_leaves_no_key_and_no_hub_without_one(drive: Drive) -> None:
    for bit in range(8 * len(drive.read() or b"")):
        drive.flip(bit)
        assert found(drive) == (wire.KEYED_DAMAGED, None, 0), bit
        drive.flip(bit)


def test_file_cut_off_anywhere_is_damaged(drive: Drive) -> None:
    whole = drive.read() or b""
    for length in range(1, len(whole)):
        drive.put(whole[:length])
        assert found(drive)[0] == wire.KEYED_DAMAGED, length


@pytest.mark.parametrize("octets", [b"", b"another file", bytes(37), b"\x02" + bytes(36)])
def test_sealed_file_of_something_else_is_damaged(octets: bytes) -> None:
    drive = Drive(lambda: None)
    Store(drive).save(lambda write: write(octets))
    assert found(drive)[0] == wire.KEYED_DAMAGED


def test_file_that_cannot_be_read_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir()
    assert KeyStore(Store(PosixFile(str(tmp_path / "key")))).state == wire.KEYED_DAMAGED


def test_reservation_that_cannot_be_written_leaves_all_as_it_was(drive: Drive) -> None:
    store = KeyStore(Store(drive))
    drive.is_full = True
    with pytest.raises(OSError, match="no space left"):
        store.reserve(5000)
    assert (store.reserved, found(drive)) == (0, (wire.KEYED_SET, KEY, 0))


@pytest.mark.parametrize("is_first", [True, False])
def test_key_that_cannot_be_written_leaves_all_as_it_was(is_first: bool) -> None:
    drive = Drive(lambda: None)
    store = KeyStore(Store(drive))
    if not is_first:
        store.set_key(KEY, 7)
    before = (store.state, store.key, store.reserved)
    drive.is_full = True
    with pytest.raises(OSError, match="no space left"):
        store.set_key(OTHER_KEY, 0)
    assert (store.state, store.key, store.reserved) == before == found(drive)
