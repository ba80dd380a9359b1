"""Numbers with names in lines of free text.

A line is cut at its numbers. What lies before a number names it; lines that differ only in their numbers share one
plan, so that a log of millions of lines is read at the speed of one regular expression.
"""

import re
from collections import OrderedDict

from equipoise.intake.names import SECOND, TOTAL, axis_of, meaning_of

_TIME = r"\d{1,4}([-/.:])\d{1,2}\2\d{1,4}(?:[.,]\d+)?|\d{1,3}:\d\d(?![\d.])"
_NUMBER = r"[-+]?1\.\#[A-Z]+|[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?|[-+]?(?:nan|inf(?:inity)?)"
_TOKEN = re.compile(rf"(?<![\w.])({_TIME}|{_NUMBER})(?!\w|\.\d)", re.IGNORECASE)
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07?|[\x00-\x08\x0b-\x1f\x7f]")
_TENSOR = re.compile(r"(?:tensor|array|float\d*|np\.float\d+)\(\s*\[?\s*([^,()\]\s]+)\s*\]?[^()]*\)")
_FRACTION = ("/", "of", "out of", "|", "\\")
_DELIMITERS = re.compile(r"[\]},;|\t%]|\s[-\u2013\u2014]+\s|\s\.\.+\s")
_SEPARATOR = re.compile(r"(?:\s*(?::|=+>?|->|>)\s*|\s+(?:is|was|are|equals|reached|at|to|now|about|around|of))+\s*$")
_TENDS = re.compile("[\u2192\u21d2\u2248\u00b1]")
"""An arrow or an about-sign: what follows is where a value should be, not where it is."""
_RANGES = ("-", "\u2013", "..", "...", "to")
_CLOSES = re.compile(r"\)\s*[:=]\s*$")
_COMMA_INSIDE = re.compile(r"[=:\s][-+]?\d+,\d")
_GROUPED = re.compile(r"(?<![\d.,])([-+]?\d{1,3}(?:,\d{3})+)(?![\d,])")
_DECIMAL_COMMA = re.compile(r"(?<=[=:\s])([-+]?\d+),(\d{1,2}|\d{4,})(?![\d.,])")
"""`1,234.5` and `0,25`: a comma within a number, where none could end a list's item."""
_ORDINAL = re.compile(r"第\s*(\d+)\s*(?:/\s*\d+\s*)?(轮|步|个?\s*epoch)", re.IGNORECASE)
_MOST_WORDS = 5
_NOT_THE_VALUE = frozenset(
    "best min max minimum maximum lowest highest std var target initial previous old expected".split()
)
"""Words that make a name another thing than its last words say: `Best FID` is no FID of this step."""
_MOST_PLANS = 2048

Plan = tuple[tuple[int, str, bool], ...]
"""Which token of a line is the value of which name, and whether it is a percentage."""


class PairReader:
    """Reads `name value` pairs in any punctuation: `D loss: 0.6`, `[Epoch 3/200]`, `gp=0.1`, `at step 10 W is 4.2`."""

    def __init__(self) -> None:
        self._plans: OrderedDict[tuple[str, ...], Plan] = OrderedDict()
        self.percent: set[str] = set()

    def read(self, line: str) -> dict[str, float]:
        """The named numbers of one line."""
        pieces = _TOKEN.split(cleaned(line))
        if len(pieces) == 1:
            return {}
        gaps = tuple(pieces[::3])
        plan = self._plans.get(gaps)
        if plan is None:
            plan = self._planned(gaps)
        row: dict[str, float] = {}
        for index, name, _ in plan:
            value = number(pieces[3 * index + 1])
            if value is not None:
                row.setdefault(name, value)
        return row

    def _planned(self, gaps: tuple[str, ...]) -> Plan:
        plan = _plan(gaps)
        self._plans[gaps] = plan
        self.percent.update(name for _, name, percent in plan if percent)
        if len(self._plans) > _MOST_PLANS:
            self._plans.popitem(last=False)
        return plan


def cleaned(line: str) -> str:
    """Without escape codes and without the wrapping of printed tensors."""
    if "\x1b" in line or not line.isprintable():
        line = _ESCAPE.sub(" ", line)
    if "第" in line:
        line = _ORDINAL.sub(r"\2: \1,", line)
    if "," in line and _COMMA_INSIDE.search(line):
        line = _GROUPED.sub(lambda match: match[1].replace(",", ""), line)
        line = _DECIMAL_COMMA.sub(r"\1.\2", line)
    return _TENSOR.sub(r"\1", line) if "(" in line else line


def number(text: str) -> float | None:
    """A number as programs print it; None for anything else, such as a time of day."""
    try:
        return float(text)
    except ValueError:
        return None if "#" not in text else float("-inf" if text[0] == "-" and "INF" in text.upper() else "nan")


def _plan(gaps: tuple[str, ...]) -> Plan:
    names: list[str | None] = []
    outside = ""
    for index, gap in enumerate(gaps[:-1]):
        if index > 0 and gap.strip().lower() in _FRACTION:
            names.append(_second(names[-1]))
        elif index > 0 and gap.strip() in _RANGES:  # `0.6-0.8` is no reading
            names[-1] = None
            names.append(None)
        elif outside and _CLOSES.search(gap):  # `FID score (Step: 2000, ...): 31.4`: the name stands before the bracket
            names.append(_key(outside + ":"))
        else:
            names.append(_key(gap))
        outside = _outside(gap, outside)
    named = _with_bare_counters(names, gaps)
    return tuple(
        (index, name, gaps[index + 1].lstrip().startswith("%")) for index, name in enumerate(named) if name is not None
    )


def _outside(gap: str, before: str) -> str:
    """What stands before a bracket that `gap` leaves open; `before` while one is open already."""
    if before and ")" not in gap.replace("()", ""):
        return before
    opened = gap.rfind("(")
    return gap[:opened].strip() if gap.count("(") > gap.count(")") else ""


def _second(first: str | None) -> str | None:
    if first is None or first.endswith((SECOND, TOTAL)):
        return None
    return first + (TOTAL if first == "" or axis_of(first) else SECOND)


def _with_bare_counters(names: list[str | None], gaps: tuple[str, ...]) -> list[str | None]:
    """Name the counters that stand without a word: `[0/25][100/782] ...`, `938/938 [====] ...`, `1200 [D loss ...`."""
    fractions = [index for index, name in enumerate(names[1:]) if names[index] == "" and name == TOTAL]
    known = {axis_of(name) for name in names if name and name != TOTAL}
    bare = ["epoch", "batch"] if len(fractions) > 1 and "epoch" not in known else ["batch"]
    out: list[str | None] = [None if name in ("", TOTAL) else name for name in names]
    for index, name in zip(fractions, bare, strict=False):
        out[index], out[index + 1] = name, name + TOTAL
    if not fractions and not known & {"epoch", "counter"} and names[0] == "" and gaps[0].strip(" [(#") == "":
        out[0] = "step"
    return out


def _key(gap: str) -> str | None:
    """The name at the end of what stands before a number; empty if there is none."""
    tail = _DELIMITERS.split(gap.rstrip())[-1]
    if _TENDS.search(tail):
        return None
    tail, separated = _SEPARATOR.subn("", tail.rstrip("\"'([{ $"))
    words = _trimmed(re.split(r"[:=](?=.*\w)", tail)[-1]).split()
    if not words:
        return ""
    for start in range(max(0, len(words) - _MOST_WORDS), len(words)):
        phrase = _trimmed(" ".join(words[start:]))
        if axis_of(phrase) is not None or meaning_of(phrase) is not None:
            other = _NOT_THE_VALUE.intersection(word.lower() for word in words[:start])
            return " ".join(words) if other else phrase
    return " ".join(words) if separated and len(words) <= 4 else None


def _trimmed(text: str) -> str:
    """Without quotes, bullets and brackets whose other half is elsewhere."""
    text = text.strip("\"'`[{<>*#. ")
    if text.count("(") > text.count(")"):
        text = text[text.rfind("(") + 1 :] if text.startswith("(") or " (" in text else text
    while text.count(")") > text.count("("):
        text = text[text.find(")") + 1 :] if text.startswith(")") else text[: text.rfind(")")]
    return text.strip("\"'`*#. ")
