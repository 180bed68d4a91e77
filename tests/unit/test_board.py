"""What the board module says where there is no board."""

import os

from pytest_mock import MockerFixture

from commshub import board, wire


def test_boot_id_is_never_the_one_that_stands_for_none(mocker: MockerFixture) -> None:
    draws = [bytes.fromhex("20200001"), bytes.fromhex("20200002"), bytes.fromhex("21200003")]
    mocker.patch.object(os, "urandom", side_effect=draws)
    assert board.boot_id() == 0x03002021
    assert wire.NO_BOOT == 0x2020
