"""Numbers and times as they are shown. Pure."""


def clock(ms: int) -> str:
    """Hours, minutes and seconds, with days where there are any."""
    days, rest_s = divmod(ms // 1000, 86_400)
    shown = f"{rest_s // 3600:02}:{rest_s // 60 % 60:02}:{rest_s % 60:02}"
    return f"{days}d {shown}" if days else shown


def count(number: float) -> str:
    """A whole number, with commas."""
    return f"{number:,.0f}"


def rate(number: float) -> str:
    """A rate: with decimals as long as they say something."""
    if 0 < number < 10:
        return f"{number:.2f}"
    return f"{number:,.1f}" if number < 1000 else count(number)


def share(part: float) -> str:
    """Of a whole, in per cent; little is not nothing, and nearly all is not all."""
    if 0 < part < 0.01:
        return "<1%"
    if 0.99 < part < 1:
        return ">99%"
    return f"{part:.0%}"


def duration(ms: float) -> str:
    """A short time in ms, with a decimal where it is very short."""
    return f"{ms:,.1f}" if ms < 100 else count(ms)
