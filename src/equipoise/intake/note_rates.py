"""Learning rates in free text: one for both players, or one for each."""

import re
from collections.abc import Iterator, Mapping

from equipoise.core.records import FactValue
from equipoise.intake.note_language import BOTH, players_of
from equipoise.intake.note_numbers import value_of

_RATE = r"(?:learning[ _-]?rates?|lrs?|step[ -]sizes?)"
_VALUE = r"(?P<{name}>10\^-\d\d?|\d*\.?\d+(?:e-?\d+)?)(?![\d^])"
_IS = r" ?(?:is|are|was|of|=|:|at|set to|to)? ?(?:set to |only )?"
_WHO = r"(?:the |my )?(?P<{name}>generator|discriminator|both)(?: (?:nets|networks|models|players))?"
_CHANGED = re.compile(r"\b(?:from|not|instead of|than|n't|never)(?: \w+)? ?$")

_OWNED = re.compile(
    rf"\b{_WHO.format(name='who')}(?:'s)? (?:has (?:a|an) |uses (?:a|an) )?{_RATE}\b{_IS}{_VALUE.format(name='rate')}"
)
_FIRST = re.compile(
    rf"\b{_RATE}\b:?(?: (?:of |for |\()?{_WHO.format(name='before')}\)?)?{_IS}(?:\()?{_VALUE.format(name='rate')}\)?"
    rf"(?: ?\(?(?:for |in |on )?{_WHO.format(name='after')}\)?)?"
)
_NEXT = re.compile(
    rf"^(?:,| and|, and| /|/) ?(?:{_WHO.format(name='before')}(?:'s)?{_IS})?{_VALUE.format(name='rate')} ?\(?(?:for "
    rf"|in |on )?"
    rf"(?:{_WHO.format(name='after')})?"
)
_LAST = re.compile(
    rf"(?<![\w.]){_VALUE.format(name='rate')} (?:as (?:the )?)?{_RATE}\b(?:(?: for| in)? {_WHO.format(name='after')})?"
)
_SHORT = re.compile(rf"\b(?:lr[_ ]?(?P<after>g|d)|(?P<before>g|d)[_ ]lr){_IS}{_VALUE.format(name='rate')}")
_ADAM = re.compile(rf"\b(?:adam|rmsprop|sgd)\(? ?(?:with )?(?:lr ?= ?)?{_VALUE.format(name='rate')}(?:,| |\)|$)")
_MORE = re.compile(r"^ ?(?:,|or|/|-) ?\d|^ ?or\b")
_LARGEST = 1.0
_PLAYERS = {"g": "generator", "d": "discriminator"}


def rates_in(clause: str) -> Iterator[Mapping[str, FactValue]]:
    """The learning rates that the clause tells, one mapping for each place that tells them."""
    if re.search(r"\bdecay|schedul|anneal", clause):
        return
    for pattern in (_OWNED, _SHORT, _FIRST, _LAST, _ADAM):
        found = [
            told
            for match in pattern.finditer(clause)
            if not _CHANGED.search(clause[: match.start()]) and (told := _told(clause, match))
        ]
        if found:
            yield from found
            return


def _told(clause: str, match: re.Match[str]) -> dict[str, FactValue]:
    """This rate and those that follow it: `1e-4 for the generator and 4e-4 for the discriminator`."""
    rest = clause[match.end() :]
    following = _NEXT.match(rest)
    if following and not _who(following):
        return {}
    if not following and _MORE.match(rest):
        return {}
    told = _rates(match, _who(match) or (() if following else _spoken_of(clause, match)))
    return told | (_rates(following, _who(following)) if following else {})


def _spoken_of(clause: str, match: re.Match[str]) -> tuple[str, ...]:
    """Whose rate it is when it does not say so itself: both players', unless the clause speaks of one."""
    if not re.search(r"\b(?:generator|discriminator)\b", clause):
        return BOTH
    return players_of(clause, *match.span())


def _rates(match: re.Match[str], who: tuple[str, ...]) -> dict[str, FactValue]:
    rate = value_of(match["rate"])
    return {f"{player}_learning_rate": rate for player in who} if 0.0 < rate < _LARGEST else {}


def _who(match: re.Match[str]) -> tuple[str, ...]:
    groups = match.groupdict()
    word = groups.get("who") or groups.get("before") or groups.get("after")
    if word is None:
        return ()
    return BOTH if word == "both" else (_PLAYERS.get(word, word),)
