"""What there is on a board besides: its LED, its temperature, why it was last reset."""

import time

try:
    import machine
except ImportError:
    machine = None  # type: ignore[assignment]

BLINKS = 3
HALF_MS = 150
SENSOR = 4  # the ADC's channel of the temperature sensor (RP2040 datasheet, 4.9.5)


def measure():
    """Blinks the LED, if there is one.

    Returns: `led`, how often it read as it was set, None where there is none; `temperature_c`,
        `reset_cause` as machine numbers it, and `reset_name`; None where nobody can tell.
    """
    found = dict.fromkeys(("led", "temperature_c", "reset_cause", "reset_name"))  # type: dict
    if not hasattr(machine, "ADC"):
        return found
    if hasattr(machine.Pin.board, "LED"):
        found["led"] = blink(machine.Pin(machine.Pin.board.LED, machine.Pin.OUT))
    volts = machine.ADC(SENSOR).read_u16() * 3.3 / 65535
    found["temperature_c"] = round(27 - (volts - 0.706) / 0.001721, 1)  # the same section
    cause = found["reset_cause"] = machine.reset_cause()
    for name in ("PWRON_RESET", "WDT_RESET"):
        if getattr(machine, name, None) == cause:
            found["reset_name"] = name
    return found


def blink(led):
    right = 0
    before = led.value()
    for _ in range(BLINKS):
        for level in (1, 0):
            led.value(level)
            right += led.value() == level
            time.sleep_ms(HALF_MS)
    led.value(before)
    return right
