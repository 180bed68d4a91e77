"""What every page of stormbench is: one HTML file that loads nothing from anywhere.

A page's policy (Content-Security-Policy) allows the scripts it was written with, known by their
hashes, and no connection at all: that it works offline is enforced by the browser, and a name in a
scenario that looks like a script stays a name.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.loaders import ChoiceLoader
from markupsafe import Markup
from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

from stormbench.report import units

_PACKAGE = "stormbench.report"
"""Where base.html.j2, style.css and draw.js are."""


def environment(package: str = _PACKAGE) -> Environment:
    """Templates of the package, which can extend base.html.j2; what they fill in is escaped.

    Filters: the functions of `units`, by their names.
    """
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package, "."), PackageLoader(_PACKAGE, ".")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for write in (units.count, units.seconds, units.duration, units.byte_size, units.with_unit):
        made.filters[write.__name__] = write
    return made


def resource(name: str, package: str = _PACKAGE) -> str:
    """The text of a file of the package."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def frame(styles: str = "", *scripts: str) -> dict[str, Any]:
    """What base.html.j2 wants: styles, scripts and their hashes.

    Args:
        styles: after style.css.
        scripts: after plotly.js and draw.js.
    """
    texts = [_plotly_js(), resource("draw.js"), *scripts]
    return {
        "style": Markup(resource("style.css") + styles),
        "scripts": [Markup(text) for text in texts],
        "script_hashes": [_hash(text) for text in texts],
    }


@cache
def _plotly_js() -> str:
    # A browser reads CR LF as LF, and would find another hash.
    text: str = get_plotlyjs()
    return text.replace("\r\n", "\n").replace("\r", "\n")


@cache
def _hash(script: str) -> str:
    return "sha256-" + b64encode(sha256(script.encode()).digest()).decode()
