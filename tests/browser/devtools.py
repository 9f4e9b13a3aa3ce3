"""A headless Chromium, driven by its DevTools protocol over a pipe: nothing listens on any port.

https://chromedevtools.github.io/devtools-protocol/ ; the pipe: descriptors 3 and 4, messages that end with a zero byte.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections import deque
from dataclasses import dataclass, field
from select import select
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_PATIENCE = 60
# Popen cannot choose the numbers of what it hands down, so the child moves them to 3 and 4 itself.
_EXEC = (
    "import fcntl, os, sys\n"
    "ends = [fcntl.fcntl(int(n), fcntl.F_DUPFD, 10) for n in sys.argv[1:3]]\n"
    "os.dup2(ends[0], 3); os.dup2(ends[1], 4)\n"
    "os.execv(sys.argv[3], sys.argv[3:])\n"
)
_FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # what is fetched from afar fails, as on a plane
    "--hide-scrollbars",
)


def executable() -> str:
    """The browser; where there is none, an error that names the Debian package."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise AssertionError("no Chromium here: apt-get install -y chromium-headless-shell fonts-liberation2")


class Browser:
    """One process with as many pages as asked for; a context manager."""

    def __init__(self, profile: Path) -> None:
        answers, ours = os.pipe(), os.pipe()
        flags = [*_FLAGS, f"--user-data-dir={profile}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        self._log = (profile.parent / "chromium.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-c", _EXEC, str(ours[0]), str(answers[1]), executable(), *flags],
            pass_fds=(ours[0], answers[1]),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )
        os.close(ours[0])
        os.close(answers[1])
        self._in, self._out = answers[0], ours[1]
        self._rest = b""
        self._last = 0
        self.pages: dict[str, Page] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._out)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        os.close(self._in)
        self._log.close()

    def page(self, *, script: bool = True, width: int = 1280, height: int = 900, dark: bool = False) -> Page:
        """A new page of its own, in a profile of its own."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self.pages[session] = Page(self, session, script)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        page.call("Emulation.setScriptExecutionDisabled", value=not script)
        page.resize(width, height)
        page.theme(dark=dark)
        return page

    def call(self, method: str, session: str = "", /, **params: object) -> dict[str, Any]:
        """The answer to one command; events that come meanwhile go to their pages."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        while (answer := self.receive()).get("id") != message["id"]:
            pass
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: dict[str, Any] = answer["result"]
        return result

    def receive(self) -> dict[str, Any]:
        """The next message."""
        while b"\0" not in self._rest:
            ready, _, _ = select([self._in], [], [], _PATIENCE)
            assert ready, "the browser is silent"
            data = os.read(self._in, 1 << 20)
            assert data, "the browser has ended"
            self._rest += data
        first, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        if "method" in message and (page := self.pages.get(message.get("sessionId", ""))):
            page.events.append(message)
            page.note(message)
        return message


@dataclass
class Page:
    """One tab; ``errors`` holds all that its console, its script and its network complained of."""

    browser: Browser
    session: str
    script: bool = True
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    events: deque[dict[str, Any]] = field(default_factory=deque)

    def call(self, method: str, **params: object) -> dict[str, Any]:
        return self.browser.call(method, self.session, **params)

    def note(self, message: dict[str, Any]) -> None:
        """Keep what no page should ever say."""
        params = message["params"]
        match message["method"]:
            case "Runtime.exceptionThrown":
                self.errors.append(str(params["exceptionDetails"].get("exception", {}).get("description", params)))
            case "Runtime.consoleAPICalled":
                self.errors.append(f"console.{params['type']}: {params['args']}")
            case "Log.entryAdded":
                self.errors.append(f"{params['entry']['level']}: {params['entry']['text']}")
            case "Page.javascriptDialogOpening":
                self.errors.append(f"dialog: {params['message']}")
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])

    def open(self, address: str) -> None:
        """Go there, and wait until it has loaded."""
        self.events.clear()
        self.call("Page.navigate", url=address)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.browser.receive()

    def js(self, expression: str) -> Any:
        """The value of an expression in the page (it works with the page's own scripts off, too)."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, f"{expression}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    def count(self, selector: str) -> int:
        """How many such elements a reader can see."""
        return len(self.texts(selector))

    def texts(self, selector: str) -> list[str]:
        """The text of each such element that a reader can see, or would after scrolling."""
        found = f"[...document.querySelectorAll({json.dumps(selector)})].filter(e => e.checkVisibility())"
        texts: list[str] = self.js(f"{found}.map(e => e.textContent)")
        return texts

    def text(self, selector: str) -> str:
        return str(self.js(f"document.querySelector({json.dumps(selector)}).innerText"))

    def click(self, selector: str) -> None:
        """Click with the mouse in the middle of the first such element that can be seen."""
        found = f"[...document.querySelectorAll({json.dumps(selector)})].find(e => e.checkVisibility())"
        where = self.js(
            f"(() => {{ const e = {found}; e.scrollIntoView({{block: 'center'}}); const b = e.getClientRects()[0];"
            " return [b.x + b.width / 2, b.y + b.height / 2] })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=where[0], y=where[1], button="left", clickCount=1)
        self.settle()

    def choose(self, selector: str, value: str) -> None:
        """Pick an option, as a person does: the change event follows."""
        at = f"document.querySelector({json.dumps(selector)})"
        self.js(f"{at}.value = {json.dumps(value)}; {at}.dispatchEvent(new Event('change', {{bubbles: true}}))")
        self.settle()

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.call("Input.insertText", text=text)
        self.settle()

    def key(self, key: str) -> None:
        """Press one key."""
        text = {"text": "\r"} if key == "Enter" else {"text": " "} if key == " " else {}
        code = {"Tab": 9, "Enter": 13, " ": 32}[key]
        for kind in ("keyDown", "keyUp"):
            more = text if kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **more)
        self.settle()

    def settle(self) -> None:
        """Wait until what was asked for has been drawn; timers do not run in a page without scripts."""
        if not self.script:
            self.call("Page.captureScreenshot", format="jpeg", quality=1)
            return
        self.js("new Promise(done => setTimeout(() => requestAnimationFrame(() => setTimeout(done)), 20))")

    def resize(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def theme(self, *, dark: bool) -> None:
        """What the system prefers."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def shot(self, path: Path, *, whole: bool = False) -> None:
        """A picture of what can be seen, or of the whole page."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))
