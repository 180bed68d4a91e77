"""Headless Chromium, spoken with over its pipe: pages are loaded, pressed, typed at and printed.

The protocol is Chromium's own (chromedevtools.github.io/devtools-protocol): JSON, each message
ended by a NUL, on the browser's file descriptors 3 and 4. Keys and clicks are those of a person,
to the page; and what is evaluated here is not held up by the page's policy.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from contextlib import suppress

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
START = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3]]
for end, number in zip(ends, (3, 4)):
    os.dup2(end, number)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Gives the browser its two descriptors, whatever numbers they have here."""
PATIENCE_S = 120


class Browser:
    """One page in one browser.

    Attributes:
        console: what the page, or the browser about it, complained of.
        requests: every address that was asked for, the page's own among them.
    """

    def __init__(self, profile):
        # 3 is what the browser reads, 4 what it writes.
        browser_reads, self._out = os.pipe()
        self._in, browser_writes = os.pipe()
        start = [sys.executable, "-c", START, str(browser_reads), str(browser_writes)]
        self._process = subprocess.Popen(
            [*start, executable(), *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(browser_reads, browser_writes),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(browser_reads)
        os.close(browser_writes)
        self._waiting, self._number, self._session = b"", 0, None
        self.console, self.requests, self._events = [], [], []
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        attach = {"targetId": page["targetId"], "flatten": True}
        self._session = self.call("Target.attachToTarget", attach)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        """End the browser."""
        self._session = None
        with suppress(BrokenPipeError, EOFError):
            self.call("Browser.close")
        self._process.wait(PATIENCE_S)
        os.close(self._out)
        os.close(self._in)

    def call(self, method, params=None):
        """Ask for something; returns the result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params or {}}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def resize(self, width, height):
        """The window's size, in CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", size)

    def open(self, file):
        """Load a file, and wait until its charts are drawn, or are not."""
        self._events.clear()
        self.call("Page.navigate", {"url": file.as_uri()})
        while "Page.loadEventFired" not in self._events:
            self._next()
        until = time.monotonic() + PATIENCE_S
        while not self.value("document.documentElement.dataset.plots ?? ''"):
            assert time.monotonic() < until, "the page's charts were not drawn"
            time.sleep(0.1)

    def value(self, expression):
        """What a JavaScript expression comes to on the page."""
        wanted = {"expression": expression, "returnByValue": True, "awaitPromise": True}
        found = self.call("Runtime.evaluate", wanted)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, key, code, text=""):
        """A key, by its names in the protocol, to whatever has the focus."""
        names = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, **names})
        self.call("Input.dispatchKeyEvent", {"type": "keyUp", **names})

    def click(self, selector):
        """A press of the mouse in the middle of an element."""
        x, y = self.value(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        at = {"x": x, "y": y, "button": "left", "clickCount": 1}
        self.call("Input.dispatchMouseEvent", {"type": "mousePressed", **at})
        self.call("Input.dispatchMouseEvent", {"type": "mouseReleased", **at})

    def picture(self, whole=False):
        """A PNG of the window, or of the whole page."""
        wanted = {"format": "png", "captureBeyondViewport": whole}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            wanted["clip"] = {**size, "scale": 1}
        return base64.b64decode(self.call("Page.captureScreenshot", wanted)["data"])

    def printed(self):
        """A PDF of the page on A4."""
        paper = {"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True}
        return base64.b64decode(self.call("Page.printToPDF", paper)["data"])

    def _next(self):
        while b"\0" not in self._waiting:
            ready, _, _ = select.select([self._in], [], [], PATIENCE_S)
            assert ready, "the browser does not answer"
            read = os.read(self._in, 1 << 20)
            if not read:
                raise EOFError("the browser ended")
            self._waiting += read
        line, _, self._waiting = self._waiting.partition(b"\0")
        message = json.loads(line)
        self._note(message.get("method"), message.get("params"))
        return message

    def _note(self, method, params):
        if method:
            self._events.append(method)
        if method == "Runtime.exceptionThrown":
            self.console.append(params["exceptionDetails"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.console.append(f"{params['type']}: {params['args']}")
        elif method == "Log.entryAdded":
            self.console.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])


def executable():
    """Chromium's path; without one, the test fails."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail(f"expected one of {', '.join(NAMES)} on the path; install chromium")
    return found
