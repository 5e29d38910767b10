"""The wire contract as an AsyncAPI 3.0 document, generated from the message types.

``python -m broker.asyncapi`` writes ``docs/asyncapi.yaml``; a test fails while that file is not current.
"""

import inspect
import json
import re
from pathlib import Path
from typing import Any, Final

import msgspec

from broker.messages.envelope import Ack, Command, Event, Message, Reply
from broker.messages.wire import TYPES, types_of
from broker.topics import CONTROLLER_ID, DEVICE_KINDS, ID_PATTERN, KINDS, Kind, Leaf, Topic

PATH: Final = Path(__file__).parent.parent / "docs" / "asyncapi.yaml"

Tree = dict[str, Any]

_TOLD_WHETHER_THERE: Final[tuple[Kind, ...]] = (*DEVICE_KINDS, "kiosk", "controller", "room")
_RETAINED: Final = ("availability", "state")
_RECEIVED: Final = ("command", "ack")
"""The leaves an owner hears; it says the others."""
_ABOUT: Final[dict[str, str]] = {
    "availability": "The word online or offline, nothing else. A last will writes it too.",
    "state": "The whole current state; repeated as a heartbeat by devices, kiosks and the controller.",
    "event": "Something that happened. With keep, it is sent again until the controller's ack.",
    "ack": "The controller has taken an event for good.",
    "telemetry": "Frequent readings, which may be lost.",
    "command": "Please do. Never retained, never QoS 0; answered before it expires.",
    "reply": "The answer to a command; also, unchanged, on the MQTT 5 response topic where one was given.",
}
_MQTT_BINDING: Final = "0.2.0"


def document() -> Tree:
    """The whole contract, seen from the owners of the topics."""
    channels = {_channel_id(kind, leaf): _channel(kind, leaf) for kind, leaf in _topics()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Hallkeeper bus",
            "version": "1.0.0",
            "description": "The bus of a government service hall. docs/bus.md says what the keys mean.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"hall": _server()},
        "channels": channels,
        "operations": {_channel_id(kind, leaf): _operation(kind, leaf) for kind, leaf in _topics()},
        "components": {
            "parameters": _parameters(),
            "messages": _messages(),
            "schemas": _schemas(),
            "securitySchemes": {"password": {"type": "userPassword"}},
        },
    }


def document_yaml() -> str:
    """The same as YAML text."""
    return (
        "# Generated from the message types by `python -m broker.asyncapi`: change those, not this.\n"
        + "\n".join(_yaml(document(), ""))
        + "\n"
    )


def _topics() -> list[tuple[Kind, Leaf]]:
    """Every kind and leaf that somebody uses."""
    used: list[tuple[Kind, Leaf]] = []
    for kind in KINDS:
        leaves: dict[Leaf, bool] = {
            "availability": kind in _TOLD_WHETHER_THERE,
            "state": (kind, "state") in TYPES,
            "event": (kind, "event") in TYPES,
            "ack": kind in ("rating_pad", "call_pad"),
            "telemetry": (kind, "telemetry") in TYPES,
            "command": (kind, "command") in TYPES,
            "reply": (kind, "command") in TYPES or kind == "room",
        }
        used += [(kind, leaf) for leaf, is_used in leaves.items() if is_used]
    return used


def _channel_id(kind: str, leaf: str) -> str:
    return f"{kind}.{leaf}"


def _channel(kind: Kind, leaf: Leaf) -> Tree:
    fixed = kind == "controller"
    names = ["hall"] if fixed else ["hall", "id"]
    return {
        "address": f"hall/{{hall}}/{kind}/{CONTROLLER_ID if fixed else '{id}'}/{leaf}",
        "description": _ABOUT[leaf],
        "parameters": {name: _ref("parameters", name) for name in names},
        "messages": {name: _ref("messages", name) for name in _message_names(kind, leaf)},
    }


def _operation(kind: Kind, leaf: Leaf) -> Tree:
    channel = _channel_id(kind, leaf)
    told: Tree = {
        "action": "receive" if leaf in _RECEIVED else "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [
            {"$ref": f"#/channels/{channel}/messages/{name}"} for name in _message_names(kind, leaf)
        ],
        "bindings": {
            "mqtt": {
                "qos": 0 if leaf == "telemetry" else 1,
                "retain": leaf in _RETAINED,
                "bindingVersion": _MQTT_BINDING,
            }
        },
    }
    if leaf == "command":
        told["reply"] = {"channel": {"$ref": f"#/channels/{_channel_id(kind, 'reply')}"}}
    return told


def _message_names(kind: Kind, leaf: Leaf) -> list[str]:
    if leaf == "availability":
        return ["Availability"]
    return [struct.__name__ for struct in types_of(Topic("h", kind, "x", leaf))]


def _structs() -> list[type[Message]]:
    """Every type of message once."""
    every = [struct for types in TYPES.values() for struct in types]
    return list(dict.fromkeys([*every, Reply, Ack]))


def _messages() -> Tree:
    availability = {
        "name": "availability",
        "title": "Availability",
        "contentType": "text/plain",
        "payload": {"type": "string", "enum": ["online", "offline"]},
    }
    return {"Availability": availability} | {struct.__name__: _message(struct) for struct in _structs()}


def _message(struct: type[Message]) -> Tree:
    about = inspect.cleandoc(struct.__dict__.get("__doc__") or "")
    correlation = "re" if struct in (Reply, Ack) else "id" if issubclass(struct, Command | Event) else None
    return {
        "name": struct.__struct_config__.tag,
        "title": struct.__name__,
        **({"summary": about} if about else {}),
        **({"correlationId": {"location": f"$message.payload#/{correlation}"}} if correlation else {}),
        "payload": _ref("schemas", struct.__name__),
    }


def _schemas() -> Tree:
    _, schemas = msgspec.json.schema_components(_structs(), ref_template="#/components/schemas/{name}")
    for struct in _structs():
        # msgspec takes a missing version for the current one; the wire does not
        schemas[struct.__name__]["required"].append("v")
    return dict(sorted(schemas.items()))


def _server() -> Tree:
    return {
        "host": "{host}:{port}",
        "protocol": "mqtt",
        "protocolVersion": "5",
        "description": "Mosquitto on the hall's own machine, or another MQTT 5 broker the hall file names.",
        "variables": {"host": {"default": "127.0.0.1"}, "port": {"default": "1883"}},
        "security": [{"$ref": "#/components/securitySchemes/password"}],
    }


def _parameters() -> Tree:
    return {
        "hall": {"description": f"The hall's id in its hall file: {ID_PATTERN.pattern}"},
        "id": {"description": f"The id of the device, counter, service, alarm or room: {ID_PATTERN.pattern}"},
    }


def _ref(section: str, name: str) -> Tree:
    return {"$ref": f"#/components/{section}/{name}"}


_PLAIN: Final = re.compile(r"[$A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_WORDS_YAML_TAKES_FOR_VALUES: Final = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def _yaml(node: Any, indent: str) -> list[str]:
    """Lines of block YAML; what may need quotes is written as JSON, which YAML contains."""
    if isinstance(node, dict) and node:
        return [
            line for key, value in node.items() for line in _entry(f"{indent}{_scalar(key)}:", value, indent)
        ]
    if isinstance(node, list) and node:
        return [line for value in node for line in _item(value, indent)]
    return [f"{indent}{_scalar(node)}"]


def _entry(head: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, dict | list) and value:
        return [head, *_yaml(value, f"{indent}  ")]
    return [f"{head} {_scalar(value)}"]


def _item(value: Any, indent: str) -> list[str]:
    first, *rest = _yaml(value, f"{indent}  ")
    return [f"{indent}- {first.lstrip()}", *rest]


def _scalar(value: Any) -> str:
    plain = isinstance(value, str) and _PLAIN.fullmatch(value)
    if plain and value.lower() not in _WORDS_YAML_TAKES_FOR_VALUES:
        return str(value)
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(document_yaml(), encoding="utf-8")
