"""Messages to bytes and back: which types a topic may carry, and what is refused."""

import re
from datetime import datetime
from typing import Any, Final

import msgspec

from broker.messages import bookings, devices, hall, notices, reminders, simulators, tasks, visitors, watch
from broker.messages.envelope import MAX_BYTES, VERSION, Ack, Command, Message, Reply
from broker.topics import Topic

_ENCODER: Final = msgspec.json.Encoder()

_ID: Final = re.compile(r"[!-~]{1,64}")
"""Ours are ULIDs; what answers a message repeats its id, so it is kept short and printable."""

TYPES: Final[dict[tuple[str, str], tuple[type[Message], ...]]] = {
    ("ticket_printer", "state"): (devices.PrinterState,),
    ("ticket_printer", "event"): (devices.Taken,),
    ("ticket_printer", "command"): (devices.Print,),
    ("id_reader", "state"): (devices.ReaderState,),
    ("id_reader", "event"): (devices.CardRead, devices.CardFailed),
    ("rating_pad", "state"): (devices.PadState,),
    ("rating_pad", "event"): (devices.RatingKey,),
    ("rating_pad", "command"): (devices.OpenWindow, devices.CloseWindow),
    ("call_pad", "state"): (devices.PadState,),
    ("call_pad", "event"): (devices.CallKey,),
    ("led_board", "state"): (devices.BoardState,),
    ("led_board", "command"): (
        devices.Show,
        devices.Preview,
        devices.Clear,
        devices.Brightness,
        devices.Power,
    ),
    ("mic_monitor", "state"): (devices.MicState,),
    ("mic_monitor", "telemetry"): (devices.Level, devices.InstrumentLevel),
    ("mic_monitor", "command"): (devices.Calibrate, devices.ForgetCalibration),
    ("announcer", "state"): (devices.AnnouncerState,),
    ("announcer", "event"): (devices.Started, devices.Finished),
    ("announcer", "command"): (devices.Say, devices.Unsay),
    ("controller", "state"): (hall.ControllerState,),
    ("controller", "event"): (
        hall.TicketPrint,
        hall.Rated,
        hall.Ended,
        hall.Voided,
        reminders.NearTurn,
    ),
    ("controller", "command"): (
        hall.TakeTicket,
        hall.CallNext,
        hall.Recall,
        hall.NoShow,
        hall.Hold,
        hall.Resume,
        hall.Transfer,
        hall.Start,
        hall.Finish,
        hall.Rate,
        hall.Cancel,
        hall.Reprint,
        visitors.PrintChecklist,
        visitors.FindTickets,
        watch.Judge,
        watch.Keep,
        hall.Acknowledge,
        reminders.Remind,
        notices.PostNotice,
        notices.WithdrawNotice,
        hall.Login,
        hall.Logout,
        hall.Pause,
        hall.Reopen,
        bookings.Book,
        bookings.CancelBooking,
        bookings.CheckIn,
        bookings.FindBookings,
        bookings.FreeSlots,
        bookings.ListBans,
        bookings.Appeal,
        bookings.ReleaseBan,
        tasks.ReportStuck,
        tasks.LeaveContact,
        tasks.RateAgain,
        tasks.StepTask,
        tasks.AssignTask,
        tasks.RecordFollowUp,
        tasks.Precheck,
        tasks.RegisterCase,
    ),
    ("appointments", "state"): (bookings.AppointmentsState,),
    ("queue", "state"): (hall.QueueState,),
    ("queue", "telemetry"): (hall.Line,),
    ("counter", "state"): (hall.CounterState,),
    ("counter", "event"): (hall.Called,),
    ("alarm", "state"): (hall.AlarmState,),
    ("notice", "state"): (notices.NoticeState,),
    ("task", "state"): (tasks.TaskState,),
    ("kiosk", "state"): (hall.KioskState,),
    ("simulator", "state"): (simulators.SimulatorState,),
    ("simulator", "event"): (simulators.FirstByte,),
    ("simulator", "command"): (simulators.Switch, simulators.Touch),
}
"""The types a topic carries, by (kind, leaf); ``reply`` and ``ack`` are the same everywhere."""


class Refused(ValueError):
    """Bytes that are not a message: why (a code of docs/bus.md), and the id if it could be read."""

    def __init__(self, reason: str, text: str, message_id: str | None = None) -> None:
        super().__init__(text)
        self.reason = reason
        self.message_id = message_id


def types_of(topic: Topic) -> tuple[type[Message], ...]:
    """The message types that may stand on `topic`."""
    if topic.leaf == "reply":
        return (Reply,)
    if topic.leaf == "ack":
        return (Ack,)
    return TYPES.get((topic.kind, topic.leaf), ())


def encode(message: Message) -> bytes:
    """The message as UTF-8 JSON, all keys at the top level, times in milliseconds.

    Raises `ValueError` for what nobody would read: a time without its offset, more than `MAX_BYTES`.
    """
    plain = msgspec.to_builtins(message, builtin_types=(datetime,))
    payload = _ENCODER.encode(_with_rfc3339(plain))
    if len(payload) > MAX_BYTES:
        raise ValueError(
            f"the {type(message).__name__} {message.id} has {len(payload)} bytes, over {MAX_BYTES}"
        )
    return payload


def decode(topic: Topic, payload: bytes) -> Message:
    """Read what arrived on `topic`, or raise `Refused` with the reason a sender is told."""
    if len(payload) > MAX_BYTES:
        raise Refused("malformed", f"the message on {topic} has {len(payload)} bytes, over {MAX_BYTES}")
    try:
        raw = msgspec.json.decode(payload)
    except (ValueError, RecursionError):
        raise Refused("malformed", f"the message on {topic} is not JSON in UTF-8") from None
    if not isinstance(raw, dict):
        raise Refused("malformed", f"the message on {topic} is not a JSON object")
    message_id = raw.get("id")
    if not isinstance(message_id, str) or not _ID.fullmatch(message_id):
        raise Refused("malformed", f"the message on {topic} has no id")
    return _typed(topic, raw, message_id)


def _typed(topic: Topic, raw: dict[str, Any], message_id: str) -> Message:
    if type(raw.get("v")) is not int or raw["v"] != VERSION:
        raise Refused("unknown_version", f"the message on {topic} is not of version {VERSION}", message_id)
    name = raw.get("type")
    struct = next((known for known in types_of(topic) if known.__struct_config__.tag == name), None)
    if struct is None:
        raise Refused("unknown_type", f"{topic} carries no type {str(name)[:40]!r}", message_id)
    if issubclass(struct, Command) and "expires" not in raw:
        raise Refused("missing_expires", f"the command on {topic} does not say when it expires", message_id)
    try:
        return msgspec.convert(raw, struct)
    except (ValueError, RecursionError) as error:
        # the error may quote a value of any length
        raise Refused("malformed", f"the message on {topic} is refused: {error!s:.200}", message_id) from None


def _with_rfc3339(value: object) -> object:
    """Times as text, at any depth: RFC 3339 with milliseconds and an offset."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"the time {value} says no offset")
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, dict):
        return {key: _with_rfc3339(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_rfc3339(inner) for inner in value]
    return value
