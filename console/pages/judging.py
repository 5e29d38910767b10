"""A manager's word on a counter nobody was said to be at: so it was, or the reason why not."""

from nicegui import ui

from broker.messages.hall import AlarmState
from broker.messages.watch import Judge
from console.frame import Frame
from console.pages.buttons import button

BY = "console/hall"


def is_asked(state: AlarmState) -> bool:
    """Whether somebody still has to look and say."""
    return state.kind == "absence" and state.verdict is None


def ask(frame: Frame, alarm: str, party: str) -> None:
    """The two answers of `party`; the second needs a reason."""
    house, say = frame.house, frame.say

    async def judge(confirmed: bool, why: str = "") -> bool:
        keys = {"alarm": alarm, "party": party, "confirmed": confirmed, "why": why}
        answer = await house.orders.controller(Judge, BY, **keys)
        frame.tell(answer)
        return answer.ok

    async def confirm() -> None:
        await judge(confirmed=True)

    async def open_dialog() -> None:
        async def dismiss() -> None:
            if await judge(confirmed=False, why=str(reason.value or "")):
                dialog.close()

        # not within the alarm, which is made anew when it changes: what is being written is not thrown away
        with frame.client.layout, ui.dialog(value=True) as dialog, ui.card().classes("asking"):
            reason = ui.input(say("judging.why")).props("autofocus outlined").classes("wide")
            button(say("judging.dismiss"), dismiss, "action strong")
        dialog.on("hide", dialog.delete)

    title = say.known(f"party.{party}", party)
    button(say("judging.confirm", party=title), confirm, "action strong")
    button(say("judging.not_so", party=title), open_dialog, "action")
