"""What stands on an identity card, in each of its four layouts (protocols.md 1.6, 1.7). Pure.

Of a card only what the hall needs is decoded: the address, the issuing authority and the photo never are.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from broker.persons import has_good_check_digit

TEXT_BYTES: Final = 256
KIND_AT: Final = 248
"""Byte offset of the character that tells the four layouts apart."""
FOREVER: Final = "长期"

CardType = Literal["resident", "hk_mo_tw", "foreign_2017", "foreign_2023"]
KINDS: Final[dict[str, CardType]] = {
    " ": "resident",
    "J": "hk_mo_tw",
    "I": "foreign_2017",
    "Y": "foreign_2023",
}
"""By the character at `KIND_AT`."""

Places = tuple[tuple[int, int], ...]
"""Byte offset and size of a field; an English name may be in two places."""

_COMMON: Final[dict[str, Places]] = {"valid_from": ((188, 16),), "valid_to": ((204, 16),)}
_RESIDENT: Final[dict[str, Places]] = _COMMON | {
    "name": ((0, 30),),
    "sex": ((30, 2),),
    "birth": ((36, 16),),
    "number": ((122, 36),),
}
FIELDS: Final[dict[CardType, dict[str, Places]]] = {
    "resident": _RESIDENT | {"nation": ((32, 4),)},
    "hk_mo_tw": _RESIDENT,
    "foreign_2017": _COMMON
    | {
        "name_en": ((0, 120),),
        "sex": ((120, 2),),
        "number": ((122, 30),),
        "country": ((152, 6),),
        "name": ((158, 30),),
        "birth": ((220, 16),),
    },
    "foreign_2023": _RESIDENT | {"name_en": ((52, 70), (220, 22)), "country": ((242, 6),)},
}
"""What of each layout is read."""

SEXES: Final = {"0": "未知", "1": "男", "2": "女", "9": "未说明"}
"""GB/T 2261.1."""
_NATIONS: Final = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 "
    "纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 "
    "鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
NATIONS: Final = {f"{code:02}": name for code, name in enumerate(_NATIONS.split(), 1)} | {
    "97": "其他",
    "98": "外国血统中国籍人士",
}
"""GB/T 3304."""

_SPECIAL_REGIONS: Final = ("81", "82", "83")
"""Hong Kong, Macao, Taiwan: how the number of a residence permit begins."""
_OLD_FOREIGN_NUMBER: Final = re.compile("[A-Z]{3}[0-9]{12}")


class NotACard(ValueError):
    """The text block is not one of a card; the message never says what stood in it."""


class UnknownKind(ValueError):
    """A card of none of the four layouts."""


@dataclass(frozen=True)
class Card:
    """A card. Nothing of it is shown in a log."""

    kind: CardType
    name: str = field(repr=False)
    """In Chinese; empty on some foreigners' cards."""
    name_en: str = field(repr=False)
    """On foreigners' cards."""
    sex: str = field(repr=False)
    """A word of `SEXES`; the code itself where it is none of them."""
    nation: str = field(repr=False)
    """On residents' cards a word of `NATIONS`; the code itself where it is none of them."""
    country: str = field(repr=False)
    """On foreigners' cards, three letters (ISO 3166-1)."""
    birth: date = field(repr=False)
    number: str = field(repr=False)
    """As printed; `has_good_number` says whether it can be one."""
    valid_from: date | None = field(repr=False)
    valid_to: date | None = field(repr=False)
    """Its last day; None where none can be read."""
    forever: bool = field(repr=False)
    """长期: it does not expire."""

    @property
    def shown_name(self) -> str:
        """The name its holder is called by."""
        return self.name or self.name_en

    def is_valid_on(self, day: date) -> bool:
        """Whether the card itself is in force on `day`."""
        if self.valid_from is None or day < self.valid_from:
            return False
        return self.forever or (self.valid_to is not None and day <= self.valid_to)

    def age_on(self, day: date) -> int:
        """Full years of life on `day`."""
        had_birthday = (day.month, day.day) >= (self.birth.month, self.birth.day)
        return day.year - self.birth.year - (not had_birthday)

    @property
    def has_good_number(self) -> bool:
        """Whether the number can be one of this kind of card, and agrees with what else stands on it."""
        match self.kind:
            case "foreign_2017":
                return _OLD_FOREIGN_NUMBER.fullmatch(self.number) is not None
            case "foreign_2023":
                return self.number.startswith("9") and has_good_check_digit(self.number)
            case "hk_mo_tw":
                return self.number.startswith(_SPECIAL_REGIONS) and self._agrees_with_number()
            case "resident":
                return self._agrees_with_number()

    def _agrees_with_number(self) -> bool:
        """Digits 7–14 are the day of birth, and digit 17 is odd for men and even for women (1.7)."""
        if not is_number(self.number) or self.number[6:14] != f"{self.birth:%Y%m%d}":
            return False
        odd = int(self.number[16]) % 2 == 1
        return {"男": odd, "女": not odd}.get(self.sex, True)


def read_card(block: bytes) -> Card:
    """Read a text block; raises `NotACard`, or `UnknownKind` for a layout that is none of the four."""
    if len(block) != TEXT_BYTES:
        raise NotACard(f"a text block has {TEXT_BYTES} bytes, this one {len(block)}")
    kind = KINDS.get(_text(block, KIND_AT, 2))
    if kind is None:
        raise UnknownKind("a card of no known kind")
    text = {name: _joined(block, places) for name, places in FIELDS[kind].items()}
    birth = _date(text["birth"])
    if birth is None or not (text["name"] or text.get("name_en")):
        raise NotACard("the card has no name or no birth date")
    sex, nation = text["sex"], text.get("nation", "")
    return Card(
        kind=kind,
        name=text["name"],
        name_en=text.get("name_en", ""),
        sex=SEXES.get(sex, sex),
        nation=NATIONS.get(nation, nation),
        country=text.get("country", ""),
        birth=birth,
        number=text["number"].upper(),
        valid_from=_date(text["valid_from"]),
        valid_to=_date(text["valid_to"]),
        forever=text["valid_to"] == FOREVER,
    )


def is_number(number: str) -> bool:
    """Whether `number` can be a citizen number: a real birth date in it, and the right check digit."""
    return has_good_check_digit(number) and _date(number[6:14]) is not None


def _joined(block: bytes, places: Places) -> str:
    return "".join(_text(block, at, size) for at, size in places).rstrip(" \0")


def _text(block: bytes, at: int, size: int) -> str:
    try:
        return block[at : at + size].decode("utf-16-le")
    except UnicodeDecodeError:
        raise NotACard(f"the text at byte {at} is not UTF-16") from None


def _date(text: str) -> date | None:
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
