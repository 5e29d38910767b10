"""The clerk's hardware caller (叫号器): a keypad whose keys call, recall, pass, hold and finish."""

from pathlib import Path

from broker.messages.devices import CallKey, PadAction, PadState
from devices.kit.keypad import Keypad


class CallPad(Keypad[PadAction]):
    """Every press is an event that is kept until the controller has taken it."""

    kind = "call_pad"
    keymaps = Path(__file__).parent / "keymaps"
    meanings = dict[int, PadAction]

    def pressed(self, meaning: PadAction) -> None:
        bus = self.around.bus
        self.keep(CallKey(id=bus.new_id(), at=bus.clock.now(), action=meaning))

    def state(self) -> PadState:
        return PadState(**self.state_keys())
