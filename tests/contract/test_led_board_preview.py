"""How a notice would stand on a board, asked of a board that nobody can reach just now."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from broker.messages.devices import Preview
from broker.messages.envelope import Reply
from devices.led_board.driver import LedBoard
from hallfile.devices import BoardArea
from hallfile.devices import LedBoard as Entry
from tests.contract.stand import standing

AREAS = {"news": BoardArea(x=0, y=0, width=128, height=32, font_px=16)}


def dots(reply: Reply) -> np.ndarray:
    assert isinstance(reply.details, dict)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(reply.details["png"]))))


@pytest.mark.parametrize("model", ["onbon-6k", "ddp"])
async def test_a_text_is_drawn_dot_by_dot_in_its_colour(tmp_path: Path, model: str) -> None:
    link = "udp://127.0.0.1:9" if model == "ddp" else "tcp://127.0.0.1:9"
    async with standing(LedBoard, Entry(link=link, model=model, areas=AREAS), tmp_path) as stand:
        reply = await stand.ask(Preview, area="news", text="系统维护", colour="green")
        assert reply.ok
        assert isinstance(reply.details, dict)
        assert (reply.details["runs"], reply.details["replaced"]) == (False, "")
        picture = dots(reply)
        assert picture.shape == (32, 128, 3)
        lit = picture.any(axis=2)
        assert set(map(tuple, picture[lit])) == {(0, 255, 0)}
        columns = np.flatnonzero(lit.any(axis=0))
        assert (columns.min() >= 28, columns.max() < 100) == (True, True)


async def test_a_long_text_is_said_to_run_and_a_strange_one_to_be_replaced(tmp_path: Path) -> None:
    async with standing(LedBoard, Entry(link="tcp://127.0.0.1:9", areas=AREAS), tmp_path) as stand:
        reply = await stand.ask(Preview, area="news", text="䶮先生请到导服台，您的证件忘在了窗口。")
        assert isinstance(reply.details, dict)
        assert (reply.details["runs"], reply.details["replaced"]) == (True, "䶮")
        assert dots(reply)[:, -16:].any()


async def test_an_area_that_is_not_there_is_refused(tmp_path: Path) -> None:
    async with standing(LedBoard, Entry(link="tcp://127.0.0.1:9", areas=AREAS), tmp_path) as stand:
        reply = await stand.ask(Preview, area="roof", text="好")
        assert (reply.ok, reply.reason) == (False, "unknown_area")
