"""What stands on a resident identity card (protocols.md 1.6, 1.7). Pure.

Of the card only what the hall needs is decoded: the address, the issuing authority and the photo never are.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

TEXT_BYTES: Final = 256
KIND_AT: Final = 248
"""Byte offset of the character that tells the four layouts apart."""
RESIDENT: Final = " "
FOREVER: Final = "长期"

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

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS: Final = "10X98765432"


class NotACard(ValueError):
    """The text block is not one of a card; the message never says what stood in it."""


class UnknownKind(ValueError):
    """A card of a layout this program does not read yet."""


@dataclass(frozen=True)
class Resident:
    """A resident's card. Nothing of it is shown in a log."""

    name: str = field(repr=False)
    sex: str = field(repr=False)
    """A word of `SEXES`; the code itself where it is none of them."""
    nation: str = field(repr=False)
    """A word of `NATIONS`; the code itself where it is none of them."""
    birth: date = field(repr=False)
    number: str = field(repr=False)
    """The citizen number as printed; `is_number` says whether it can be one."""
    valid_from: date | None = field(repr=False)
    valid_to: date | None = field(repr=False)
    """Its last day; None where none can be read."""
    forever: bool = field(repr=False)
    """长期: it does not expire."""

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
        """Whether the number can be one and says the same birth date as the card."""
        return is_number(self.number) and self.number[6:14] == f"{self.birth:%Y%m%d}"


def read_card(block: bytes) -> Resident:
    """Read a text block; raises `NotACard`, or `UnknownKind` for a layout other than the resident's."""
    if len(block) != TEXT_BYTES:
        raise NotACard(f"a text block has {TEXT_BYTES} bytes, this one {len(block)}")
    if (kind := _text(block, KIND_AT, 2, strip=False)) != RESIDENT:
        raise UnknownKind(
            f"a card of the kind {kind!r}" if kind in ("J", "I", "Y") else "a card of no known kind"
        )
    birth = _date(_text(block, 36, 16))
    name = _text(block, 0, 30)
    if birth is None or not name:
        raise NotACard("the card has no name or no birth date")
    sex, nation, valid_to = _text(block, 30, 2), _text(block, 32, 4), _text(block, 204, 16)
    return Resident(
        name=name,
        sex=SEXES.get(sex, sex),
        nation=NATIONS.get(nation, nation),
        birth=birth,
        number=_text(block, 122, 36).upper(),
        valid_from=_date(_text(block, 188, 16)),
        valid_to=_date(valid_to),
        forever=valid_to == FOREVER,
    )


def check_digit(digits: str) -> str:
    """The 18th character for 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11]


def is_number(number: str) -> bool:
    """Whether `number` can be a citizen number: a real birth date in it, and the right check digit."""
    digits, last = number[:17], number[17:]
    if len(number) != 18 or not (digits.isascii() and digits.isdigit()):
        return False
    return _date(number[6:14]) is not None and check_digit(digits) == last.upper()


def _text(block: bytes, at: int, size: int, *, strip: bool = True) -> str:
    try:
        text = block[at : at + size].decode("utf-16-le")
    except UnicodeDecodeError:
        raise NotACard(f"the text at byte {at} is not UTF-16") from None
    return text.rstrip(" \0") if strip else text


def _date(text: str) -> date | None:
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
