"""What a text speaks of, whatever its wording: the fault whose own words it uses most.

Phrases and frames say what is so; where neither understands a text, the words it is made of still tell what it is
about. That is a guess, weaker than any fact, and is told as one.
"""

from collections.abc import Mapping, Sequence

from equipoise.core.records import FactValue
from equipoise.intake.note_language import Sentence
from equipoise.intake.note_topic_faults import TOPICS
from equipoise.intake.note_topic_words import COMPLAINT, CONTENT, WORRY, Words

ENOUGH, COMPLAINED, ASKED = 4, 3, 5
"""Weight from which a text is about a fault; less is needed beside a complaint, more where it is asked whether there is
one."""
_WELL = ("good", "improving")
_NEIGHBOURS = 3
"""Sentences that are read together."""
_MOST = 200

Stated = Mapping[str, FactValue]


def spoken_of(told: Sequence[Sentence], known: Stated) -> Stated:
    """The fact `spoken_of`: a cause, `trouble` where only a complaint is understood, or nothing.

    Texts that praise the samples speak of no fault. Where it is asked whether anything is wrong, more is needed.
    """
    plain = [sentence.plain for sentence in told[:_MOST]]
    whole = " ; ".join(plain)
    complaint = bool(COMPLAINT.search(whole))
    if not plain or known.get("samples") in _WELL or (CONTENT.search(whole) and not complaint):
        return {}
    worries = any(WORRY.search(f"{sentence.plain}?") for sentence in told[:_MOST])
    complains = complaint and not worries
    weights = {name: _weight(name, plain) for name in TOPICS}
    best = max(weights, key=lambda name: weights[name])
    if weights[best] >= (ASKED if worries else COMPLAINED if complains else ENOUGH):
        return {"spoken_of": best}
    return {"spoken_of": "trouble"} if complains and not known.keys() & {"samples", "losses"} else {}


def _weight(name: str, plain: Sequence[str]) -> int:
    """The most that neighbouring sentences weigh."""
    starts = range(max(1, len(plain) - _NEIGHBOURS + 1))
    return max(_in_window(TOPICS[name], " ; ".join(plain[start : start + _NEIGHBOURS])) for start in starts)


def _in_window(words: Words, window: str) -> int:
    _, needed = words[0]
    return sum(weight for weight, word in words if word.search(window)) if needed.search(window) else 0
