"""The rate of a real port, as `--hub` says it."""

import pytest

from stormbench.errors import InvalidInput
from stormbench.link.baud import BAUD, split_baud


@pytest.mark.parametrize("name", ["auto", "/dev/ttyACM0", "socket://h:1?logging=debug", "id:E6?x"])
def test_a_name_without_a_rate_is_left_as_it_is(name: str) -> None:
    assert split_baud(name) == (name, BAUD)


@pytest.mark.parametrize(
    ("name", "port", "baud"),
    [
        ("/dev/ttyUSB0?baud=115200", "/dev/ttyUSB0", 115_200),
        ("COM3?baud=3000000", "COM3", 3_000_000),
        ("rfc2217://h:1?logging=debug&baud=9600", "rfc2217://h:1?logging=debug", 9_600),
    ],
)
def test_the_rate_is_taken_out_of_the_name(name: str, port: str, baud: int) -> None:
    assert split_baud(name) == (port, baud)


@pytest.mark.parametrize("rate", ["", "fast", "-1", "0", "1e6", "²"])
def test_what_is_no_rate_is_refused(rate: str) -> None:
    with pytest.raises(InvalidInput, match=r"baud=.* no whole number"):
        split_baud(f"/dev/ttyUSB0?baud={rate}")
