"""What stands on a one-time checklist (一次性告知单): strings for the layout "checklist"."""

from datetime import datetime
from typing import Final

from hall.core import Rules
from hall.shell import wording
from hallfile.guide import Guide, Item

LAYOUT: Final = "checklist"


def fields(rules: Rules, guide: Guide, item: Item, now: datetime) -> dict[str, str]:
    """The fields of a paper, in the hall's language."""
    hall, texts = rules.hall, rules.texts
    language = hall.hall.language
    department = guide.departments[guide.owners[item.number]]
    chinese = language.startswith("zh")
    return {
        "hall": hall.hall.name,
        "item": f"{item.number} {item.title.in_(language)}",
        "item_en": item.name_en if chinese else "",
        "department": department.title.in_(language),
        "conditions": item.conditions if chinese else item.conditions_en or item.conditions,
        "counters": wording.counter_names(rules, texts, rules.counters_of[item.service]),
        "zone": hall.zones[hall.services[item.service].zone].name,
        "working_days": days_said(rules, item),
        "fee": fee_said(rules, item),
        "materials": "\n".join(thing.in_(language) for thing in guide.things(item)),
        "notes": item.notes if chinese else item.notes_en or item.notes,
        "telephone": department.telephone,
        "qr": "",
        "time": f"{now:%Y-%m-%d %H:%M}",
        "copy": "",
        "footer": texts("checklist.footer"),
    }


def days_said(rules: Rules, item: Item) -> str:
    """5 个工作日, or that one waits for it."""
    if item.working_days == 0:
        return rules.texts("checklist.at_once")
    return rules.texts("checklist.days", days=item.working_days)


def fee_said(rules: Rules, item: Item) -> str:
    """20 元, or that it is free."""
    if item.fee_yuan == 0:
        return rules.texts("checklist.free")
    return rules.texts("checklist.yuan", yuan=f"{item.fee_yuan:g}")
