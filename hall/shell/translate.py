"""Commands of the bus as the core understands them: the same names, what was left out left to its default."""

from datetime import date, datetime
from typing import Any, Final

from msgspec import UNSET

from broker.ids import NewId
from broker.messages import bookings, reminders, tasks, watch
from broker.messages import hall as bus
from broker.messages.envelope import Command
from broker.messages.notices import PostNotice, WithdrawNotice
from hall.core import State
from hall.core import booking_commands as booking
from hall.core import commands as core
from hall.core import task_commands as ask
from hall.core.reminders import Remind
from hall.shell.codes import new_code
from hall.shell.ledger import Make

CORE: Final[dict[type[Command], type[core.Command]]] = {
    bus.TakeTicket: core.TakeTicket,
    bus.CallNext: core.CallNext,
    bus.Recall: core.Recall,
    bus.NoShow: core.NoShow,
    bus.Hold: core.Hold,
    bus.Resume: core.Resume,
    bus.Transfer: core.Transfer,
    bus.Start: core.Start,
    bus.Finish: core.Finish,
    bus.Rate: core.Rate,
    bus.Cancel: core.Cancel,
    bus.Reprint: core.Reprint,
    bus.Acknowledge: core.Acknowledge,
    watch.Judge: core.Judge,
    watch.Keep: core.Keep,
    PostNotice: core.PostNotice,
    WithdrawNotice: core.WithdrawNotice,
    bus.Login: core.Login,
    bus.Logout: core.Logout,
    bus.Pause: core.Pause,
    bus.Reopen: core.Reopen,
    bookings.Book: booking.Book,
    bookings.CancelBooking: booking.CancelBooking,
    bookings.CheckIn: booking.CheckIn,
    bookings.FindBookings: booking.FindBookings,
    bookings.FreeSlots: booking.FreeSlots,
    bookings.ListBans: booking.ListBans,
    bookings.Appeal: booking.Appeal,
    bookings.ReleaseBan: booking.ReleaseBan,
    reminders.Remind: Remind,
    tasks.ReportStuck: ask.ReportStuck,
    tasks.LeaveContact: ask.LeaveContact,
    tasks.RateAgain: ask.RateAgain,
    tasks.StepTask: ask.StepTask,
    tasks.AssignTask: ask.AssignTask,
    tasks.RecordFollowUp: ask.RecordFollowUp,
    tasks.Precheck: ask.Precheck,
    tasks.RegisterCase: ask.RegisterCase,
}


def translate(command: Command, new_id: NewId) -> Make:
    """What makes the core's command of a bus command, when its moment has come.

    A ticket's id is made here, so that the core makes none.
    """
    kind = CORE[type(command)]
    keys: dict[str, Any] = {}
    if isinstance(command, bus.TakeTicket) and command.appointment is not UNSET:
        # a booking is not taken at its word: whoever shows one checks in
        kind, keys = booking.CheckIn, {"code": command.appointment}
    for name in kind.__struct_fields__:
        value = getattr(command, name, UNSET)
        if value is not UNSET and name != "at":
            keys[name] = tuple(value) if isinstance(value, list) else value
    if isinstance(command, bus.TakeTicket | bookings.CheckIn | tasks.ReportStuck):
        keys["ticket"] = new_id()
    if isinstance(command, bookings.Book):
        keys |= {"booking": new_id(), "client": new_id(), "code": new_code(new_id)}
    if isinstance(command, bookings.FreeSlots) and "day" in keys:
        keys["day"] = date.fromisoformat(keys["day"])
    if isinstance(command, PostNotice):
        keys.setdefault("notice", new_id().lower())

    def at(now: datetime, _: State) -> core.Command:
        return kind(at=now, **keys)

    return at
