"""The descriptors of the hub's own port, read as the emulated host reads them."""

from commshub.usb_function import NAME, SerialFunction
from stormbench.emulator.usb_descriptors import Pipe, find_pipes
from usb_bench import BUILTIN_CONFIGURATION, FROM_HUB, TO_HUB, Builtin

INTERFACE, ENDPOINT, ASSOCIATION = 4, 5, 11


def blocks() -> list[bytes]:
    whole = SerialFunction(Builtin).configuration
    found = []
    while whole:
        found.append(whole[: whole[0]])
        whole = whole[whole[0] :]
    return found


def test_the_port_comes_behind_micropythons_own() -> None:
    own, hubs = find_pipes(SerialFunction(Builtin).configuration)
    assert own == Pipe(2, 2, 64, control_interface=0)
    assert hubs == Pipe(FROM_HUB & 0x0F, TO_HUB, 64, control_interface=2)


def test_micropythons_own_descriptors_are_as_before() -> None:
    whole = SerialFunction(Builtin).configuration
    assert whole[9 : len(BUILTIN_CONFIGURATION)] == BUILTIN_CONFIGURATION[9:]


def test_the_head_counts_what_follows() -> None:
    head, *rest = blocks()
    assert int.from_bytes(head[2:4], "little") == 9 + sum(map(len, rest))
    assert head[4] == len({block[2] for block in rest if block[1] == INTERFACE}) == 4


def test_no_address_of_an_endpoint_is_used_twice() -> None:
    addresses = [block[2] for block in blocks() if block[1] == ENDPOINT]
    assert len(addresses) == len(set(addresses)) == 6


def test_each_interface_has_the_endpoints_that_it_promises() -> None:
    found = blocks()
    at = [place for place, block in enumerate(found) if block[1] == INTERFACE]
    for place, end in zip(at, [*at[1:], len(found)], strict=True):
        endpoints = [block for block in found[place:end] if block[1] == ENDPOINT]
        assert len(endpoints) == found[place][4]


def test_the_two_interfaces_are_one_function_with_a_name() -> None:
    function = SerialFunction(Builtin)
    association = [block for block in blocks() if block[1] == ASSOCIATION][-1]
    assert association == bytes((8, 11, 2, 2, 2, 2, 0, 5))
    assert function.strings == {5: NAME}
