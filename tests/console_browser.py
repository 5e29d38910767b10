"""A headless Chromium to look at the console with: it opens pages, clicks, and notes every error."""

import asyncio
import base64
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

CHROMIUM = "/usr/bin/chromium"
IN_A_BROWSER = [pytest.mark.processes, pytest.mark.timeout(120)]
"""The marks of a test that opens one."""
NAMED_KEYS = {"Tab": "Tab", "Enter": "Enter"}
VIRTUAL_KEYS = {"Tab": 9, "Enter": 13}
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
    "--hide-scrollbars",
)


class Browser:
    """One tab, driven over the DevTools protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.errors: list[str] = []
        """Exceptions, console errors and failed requests since the tab opened."""
        self.requests: list[str] = []
        """Every address that was asked for."""
        self._socket = socket
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._next = 0

    async def listen(self) -> None:
        """Read what the browser says until it goes away."""
        async for frame in self._socket:
            said = json.loads(frame.data)
            if (waiting := self._answers.pop(said.get("id", -1), None)) is not None:
                waiting.set_result(said)
            elif "method" in said:
                self._note(said["method"], said["params"])

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            self.errors.append(str(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
            self.errors.append(str([argument.get("value") for argument in params["args"]]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(f"{params['entry']['text']} {params['entry'].get('url')}")
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask the browser for something and return its result."""
        self._next += 1
        waiting: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[self._next] = waiting
        await self._socket.send_json({"id": self._next, "method": method, "params": params})
        async with asyncio.timeout(20):
            said = await waiting
        assert "error" not in said, said
        return dict(said["result"])

    async def open(self, url: str, *, until: str = "!!document.querySelector('.page, .ticket-page')") -> None:
        """Go to `url` and wait until the JavaScript expression `until` is true."""
        await self.send("Page.navigate", url=url)
        await self.until(until)

    async def run(self, expression: str) -> Any:
        """The value of a JavaScript expression."""
        result = await self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        return result["result"].get("value")

    async def until(self, expression: str, seconds: float = 20) -> None:
        """Wait until a JavaScript expression is true."""
        async with asyncio.timeout(seconds):
            while not await self.run(expression):
                await asyncio.sleep(0.05)

    async def click(self, selector: str, x: float = 0.5, y: float = 0.5) -> None:
        """Click an element with the mouse, at a share of its width and height."""
        found = f"document.querySelector({json.dumps(selector)})"
        await self.until(f"!!{found}")
        box = await self.run(
            f"(() => {{ const e = {found}; e.scrollIntoView({{block: 'center'}});"
            " const b = e.getBoundingClientRect(); return [b.left, b.top, b.width, b.height] })()"
        )
        place = {"x": box[0] + box[2] * x, "y": box[1] + box[3] * y}
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            await self.send("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)

    async def press(self, key: str) -> None:
        """Press a key: a letter, Tab or Enter."""
        keys: dict[str, Any] = {"key": key, "code": NAMED_KEYS.get(key, f"Key{key.upper()}")}
        if key in NAMED_KEYS:
            # what a key does of itself, as moving on or following a link, the browser knows it for by this
            keys |= {"windowsVirtualKeyCode": VIRTUAL_KEYS[key]}
        text = {"text": "\r"} if key == "Enter" else {}
        await self.send("Input.dispatchKeyEvent", type="keyDown", **keys, **text)
        await self.send("Input.dispatchKeyEvent", type="keyUp", **keys)

    async def size(self, width: int, height: int) -> None:
        """Be a window of so many pixels."""
        await self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    async def picture(self, file: Path, *, whole: bool = False) -> None:
        """Save what can be seen, or the whole page, as a PNG."""
        shot = await self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(shot["data"]))


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """A browser for the length of a with-block."""
    assert Path(CHROMIUM).exists(), (
        "no chromium is here to see the pages with: `tools/install dev` installs it"
    )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        program = await asyncio.create_subprocess_exec(
            CHROMIUM,
            *FLAGS,
            f"--user-data-dir={folder}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            address = await _address(Path(folder))
            async with aiohttp.ClientSession() as session:
                async with session.get(f"{address}/json/list") as answer:
                    tabs = await answer.json()
                tab = next(tab for tab in tabs if tab["type"] == "page")
                async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    browser = Browser(socket)
                    listening = asyncio.create_task(browser.listen())
                    for domain in ("Page", "Runtime", "Log", "Network"):
                        await browser.send(f"{domain}.enable")
                    await browser.send("Emulation.setFocusEmulationEnabled", enabled=True)
                    try:
                        yield browser
                    finally:
                        listening.cancel()
                        await asyncio.gather(listening, return_exceptions=True)
        finally:
            program.terminate()
            await program.wait()


async def _address(folder: Path) -> str:
    """Where the browser listens; it writes that into its folder."""
    file = folder / "DevToolsActivePort"
    async with asyncio.timeout(20):
        while not (file.is_file() and file.read_text().count("\n")):
            await asyncio.sleep(0.05)
    return f"http://127.0.0.1:{file.read_text().splitlines()[0]}"
