"""Faults that people describe in words of their own: what must be spoken of together, in whatever order.

Phrases need an order of words; a frame only needs its words to be near each other. It is looked at after the phrases,
and never contradicts them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from equipoise.core.records import FactValue
from equipoise.intake.note_language import Sentence, denied

Stated = Mapping[str, FactValue]
Reach = Literal["sentence", "near", "text"]
"""Within what the words must stand: one sentence, two that follow each other, or anywhere."""

NO = (
    r"(?:\bnot\b|n't|\bnever\b|\bno\b|\bwithout\b|\bmissing\b|\bforg[eo]t\w*|\bnowhere\b|\blacks?\b|\bneither\b|"
    r"\bomit\w*|\bcommented out\b|\bisnt\b|\bdoesnt\b|\barent\b|\bdont\b|\bonly defined\b|\bunused\b|\babsent\b)"
)
"""Words that deny. A frame that is filled by one of them looks at it itself."""

_ONLY_THOUGHT_OF = re.compile(
    r"\b(?:if (?:i|we|you|it|the)|what if|(?:should|shall|could|can|may|must|do) (?:i|we)|would (?:it|that|this)|"
    r"i (?:will|would|want to|plan to)|i'(?:ll|d)|going to|try(?:ing)? to add|let me know|"
    r"is it (?:ok\w*|fine|possible|enough|better|necessary|advisable)|how (?:can|do|should|to)\b|tried|experiment\w*|"
    r"papers? (?:say|use|recommend|suggest)\w*|previously"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )used to|(?:it|that|this) (?:was|is) (?:fixed|solved)|"
    r"for example|e\.g\.|(?:when(?:ever)? |once |after )?(?:i|we) (?:remov"
    r"|delet|dropp|switch|replac|chang)(?:e|ed|ing)?\b|maybe|perhaps|"
    r"no problem with|works? (?:fine|well) with)"
)
_OPEN_QUESTION = re.compile(
    r"^(?:and |but |so )?(?:is|are|was|were|does|do|did|can|could|would|will|what) (?!it (?:by|on|in)).*\?\s*$", re.I
)
"""It asks whether; `why is ...` and `is it on purpose that ...` take for granted what they ask about."""

_MOST = 400
"""Sentences that are looked at; nobody writes more, and a log pasted as a note must not take minutes."""
_OBSERVED = frozenset(("samples", "losses", "eval_samples_differ", "nan_seen"))
"""What is seen is seen in a sentence, too, that tells of an attempt."""


@dataclass(frozen=True, slots=True)
class Frame:
    """`facts` are stated if `head`, not denied, and all `words` occur within `reach`, and `never` does not."""

    facts: Stated
    head: re.Pattern[str]
    words: tuple[re.Pattern[str], ...]
    never: re.Pattern[str] | None
    reach: Reach
    looks_at_denials: bool


def frame(
    facts: Stated,
    head: str,
    *words: str,
    never: str | None = None,
    reach: Reach = "sentence",
    denied_too: bool = False,
) -> Frame:
    """A frame from the sources of its patterns. `denied_too`: a denial before the head is part of the fault."""
    return Frame(
        facts,
        re.compile(head),
        tuple(map(re.compile, words)),
        None if never is None else re.compile(never),
        reach,
        denied_too or any(word in "".join((head, *words)) for word in (NO, "never", "n't")),
    )


def framed(frames: Sequence[Frame], read: Sequence[Sentence]) -> Iterator[tuple[int, int, Stated]]:
    """(which sentence, which frame, what it states) for every frame that is filled; the sentence is the head's."""
    read = read[:_MOST]
    asserted = [sentence.plain if _told(sentence) else "" for sentence in read]
    observed = [
        plain or (sentence.plain if sentence.observes else "") for plain, sentence in zip(asserted, read, strict=True)
    ]
    for place, one in enumerate(frames):
        told = observed if one.facts.keys() <= _OBSERVED else asserted
        whole = " ; ".join(told)
        for index, plain in enumerate(told):
            near = " ; ".join(told[max(0, index - 1) : index + 2])
            window = {"sentence": plain, "near": near, "text": whole}[one.reach]
            if plain and _filled(one, plain, window):
                yield index, place, one.facts


def _told(sentence: Sentence) -> bool:
    return not (_ONLY_THOUGHT_OF.search(sentence.plain) or _OPEN_QUESTION.search(sentence.text))


def _filled(one: Frame, plain: str, window: str) -> bool:
    if not any(one.looks_at_denials or not denied(plain, *match.span()) for match in one.head.finditer(plain)):
        return False
    return all(word.search(window) for word in one.words) and not (one.never and one.never.search(window))
