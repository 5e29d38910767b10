"""The published contract is current, sound in itself, and what the messages really are."""

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema import Draft7Validator, ValidationError

from broker.asyncapi import PATH, document, document_yaml
from broker.messages.envelope import Ack, Message, Reply
from broker.messages.wire import TYPES, encode, types_of
from broker.topics import Topic

DOCUMENT = document()
STRUCTS = list(dict.fromkeys([struct for types in TYPES.values() for struct in types] + [Reply, Ack]))


def refs(node: Any) -> list[str]:
    """Every reference in the document."""
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in refs(value)]
    if isinstance(node, list):
        return [found for value in node for found in refs(value)]
    return []


def at(ref: str) -> Any:
    """What a reference points to; KeyError where it points to nothing."""
    assert ref.startswith("#/")
    node = DOCUMENT
    for part in ref[2:].split("/"):
        node = node[part]
    return node


def example(kind: msgspec.inspect.Type) -> Any:
    """A value of a type, the simplest there is."""
    match kind:
        case msgspec.inspect.StructType(cls=cls, fields=fields):
            return cls(**{field.name: example(field.type) for field in fields})
        case msgspec.inspect.UnionType(types=types):
            return example(types[0])
        case msgspec.inspect.LiteralType(values=values):
            return values[0]
        case msgspec.inspect.ListType(item_type=item):
            return [example(item)]
        case msgspec.inspect.DictType(value_type=value):
            return {"key": example(value)}
        case msgspec.inspect.DateTimeType():
            return datetime(2026, 11, 20, 9, tzinfo=UTC)
        case msgspec.inspect.DateType():
            return date(2026, 11, 20)
        case msgspec.inspect.BoolType():
            return True
        case msgspec.inspect.IntType():
            return 1
        case msgspec.inspect.FloatType():
            return 1.5
        case msgspec.inspect.StrType(pattern=pattern):
            fitting = ("x", "#ffcc00", "0123456789abcdef", "张*", "2026-11-20", "007")
            return next(text for text in fitting if re.search(pattern or "", text))
        case msgspec.inspect.AnyType() | msgspec.inspect.NoneType():
            return None
    raise NotImplementedError(kind)


def validator(struct: type[Message]) -> Draft7Validator:
    """What checks a payload of `struct` by the published schema."""
    schema = {
        "$ref": f"#/components/schemas/{struct.__name__}",
        "components": {"schemas": DOCUMENT["components"]["schemas"]},
    }
    return Draft7Validator(schema)


def test_the_file_is_current() -> None:
    assert PATH.read_text(encoding="utf-8") == document_yaml(), "run: python -m broker.asyncapi"


def test_the_yaml_says_what_the_document_says() -> None:
    assert yaml.safe_load(document_yaml()) == DOCUMENT


def test_every_reference_leads_somewhere() -> None:
    found = refs(DOCUMENT)
    assert len(found) > 200
    for ref in found:
        at(ref)


def test_every_part_has_what_asyncapi_3_asks_of_it() -> None:
    """asyncapi.com/docs/reference/specification/v3.0.0"""
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    for section in DOCUMENT["components"].values():
        assert all(re.fullmatch(r"[A-Za-z0-9.\-_]+", name) for name in section)
    for server in DOCUMENT["servers"].values():
        assert {"host", "protocol"} <= server.keys()
        assert set(re.findall(r"{(\w+)}", server["host"])) == server["variables"].keys()
    for channel in DOCUMENT["channels"].values():
        assert set(re.findall(r"{(\w+)}", channel["address"])) == channel["parameters"].keys()
        assert channel["messages"]
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in ("send", "receive")
        own = operation["channel"]["$ref"]
        assert all(message["$ref"].startswith(f"{own}/messages/") for message in operation["messages"])
        assert len(operation["messages"]) == len(at(own)["messages"])


def test_every_channel_is_a_topic_and_carries_the_types_of_that_topic() -> None:
    addresses = [channel["address"] for channel in DOCUMENT["channels"].values()]
    assert len(set(addresses)) == len(addresses)
    for channel in DOCUMENT["channels"].values():
        topic = Topic.parse(channel["address"].replace("{hall}", "dezhou").replace("{id}", "x"))
        names = [struct.__name__ for struct in types_of(topic)] or ["Availability"]
        assert list(channel["messages"]) == names
    published = {(address.split("/")[2], address.split("/")[4]) for address in addresses}
    assert TYPES.keys() <= published


def test_a_command_is_received_and_answered_and_only_pictures_are_retained() -> None:
    for name, operation in DOCUMENT["operations"].items():
        kind, leaf = name.split(".")
        assert operation["bindings"]["mqtt"]["retain"] is (leaf in ("state", "availability"))
        assert operation["bindings"]["mqtt"]["qos"] == (0 if leaf == "telemetry" else 1)
        assert operation["action"] == ("receive" if leaf in ("command", "ack") else "send")
        if leaf == "command":
            assert operation["reply"]["channel"]["$ref"] == f"#/channels/{kind}.reply"


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: str(struct.__name__))
def test_a_message_as_it_is_sent_fits_its_published_schema(struct: type[Message]) -> None:
    schema = DOCUMENT["components"]["schemas"][struct.__name__]
    Draft7Validator.check_schema(schema)
    message = example(msgspec.inspect.type_info(struct))
    raw = json.loads(encode(message))
    validator(struct).validate(raw)
    assert raw.keys() == schema["properties"].keys()
    for key in ("v", "id", "at", "type"):
        with pytest.raises(ValidationError):
            validator(struct).validate({name: value for name, value in raw.items() if name != key})
    validator(struct).validate(raw | {"a key of tomorrow": 1})
