"""How people write: sentences and clauses, what is asserted in them, what is denied, and of which player they speak."""

import re
from dataclasses import dataclass

Players = tuple[str, ...]

GENERATOR, DISCRIMINATOR = "generator", "discriminator"
BOTH: Players = (GENERATOR, DISCRIMINATOR)
LONGEST = 1_000
"""Characters of one sentence that are read; what is longer is code or a log."""

_SPELLING = (
    (r"\*\* ?(?=[\d.])", "^"),
    (r"[`*\"\u201c\u201d]", ""),
    (r"[\u2019\u2018]", "'"),
    (r"[\u00d7]", "x"),
    (r"[\u2013\u2014]", " - "),
    (r"\u03bb", "lambda"),
    (r"\u03b3", "gamma"),
    (r"\u03b2[_ ]?", "beta"),
    (r"\u2212", "-"),
    (r"(?i)\b(is|are|was|were|do|does|did|has|have|should|would|could)nt\b", r"\1n't"),
    (r"(?i)\bd\w{1,3}c?r?im\w{1,4}t[oe]r(?=s?\b|_)", "discriminator"),
    (r"(?i)\bgen?e?r+at[oe]r(?=s?\b|_)", "generator"),
    (r"(?i)\b(?:sigm(?:od|iod|oidal)|logistic (?:activation|function|unit|output|layer))\b", "sigmoid"),
    (r"(?<![\w.])(?<!\d )(?:net|model_)?G(?:en)?(?![\w(]|\.\w)", "generator"),
    (r"(?<![\w.])(?<!\d )(?:net|model_)?D(?:is|isc)?(?![\w(]|\.\w)", "discriminator"),
    (r"(?i)\b(?:critic|disc)\b", "discriminator"),
    (r"(?i)\bgen\b(?!\.)", "generator"),
    (r"\s+", " "),
)
_SENTENCES = re.compile(r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!vs\.)(?<!etc\.)\s+(?=\S)|\n+|;\s+|^[-*•]\s+(?=\S)")
_WRAPPED = re.compile(r"(?<=[^\n]{60}[\w,(])\n[ \t]*(?=[a-z0-9(\-])")
"""The end of a line that goes on in the next: a long one, without a full stop, before no capital."""
_ITEM = re.compile(r"^[\s•*]+|^-+(?![\d.])")
_TRAILING_QUESTION = re.compile(
    r", (?=(?:is (?:this|that|it)|what|why|how|should|any (?:idea|help|suggestion)|does|do|can|could)\b[^,]*\?$)"
)
_CLAUSES = re.compile(r",? (?:but|however|although|though|while|whereas|yet|so|except that)[ ,]|: (?=\w+ \w+ )| - |\. ")

_QUESTION = re.compile(r"\?!?\s*$|^(?:is|are|do|does|did|can|could|should|would|what|which|how|any|has|have) (?!you )")
_ASKED_FOR_THE_CAUSE = re.compile(
    r"\b(?:why|how come|what causes|how (?:can|do|to|could)\b.* (?:fix|avoid|solve|prevent))"
)
_NOT_ASSERTED = re.compile(
    r"\b(?:should|could|would|might|may|maybe|perhaps|suppose|wonder(?:ing)?|expect|supposed|"
    r"(?<!as )recommend\w*|(?<!as )suggest\w*|consider\w*|let me know|"
    r"try|will|want(?:ed)? to|plan(?:ning)? to|going to|need to|previously|before that|used to|"
    r"initially|originally|earlier|formerly|at first|in theory|possible|possibly|advice|suspect)\b"
    r"|(?:^|, |\band )if\b|\bwhat if\b|\bunless\b"
    r"|\b(?:when|once|whenever|after)(?: (?:i|we|you))? (?:us|set|remov|add|chang|increas|lower|reduc|switch|turn|mak|"
    r"replac|disabl|enabl|fix|appl)\w*"
    r"|\b(?:the|their|most|some|other|many|original)(?: \w+)? (?:papers?|authors?|people|tutorials?|implementations?|"
    r"examples?|repos?) (?:use|say|said|recommend|suggest|claim|ha[sdv]|set)\w*"
    r"|\b(?:papers?|authors?|articles?|literature|readme|documentation)\b[^;,.]{0,12}\b(?:says?|said|states?|mentions?|"
    r"recommends?|suggests?|advises?|tells?|claims?|writes?|warns?|explicitly)\b"
)
_ATTEMPT = re.compile(
    r"\b(?:tried|have been trying|experiment\w*|played (?:with|around)|different (?:values|learning|settings)|varied|"
    r"(?:did not|didn't|doesn't|not) (?:work|help)|(?:problem|issue|it) (?:is |was |got )?(?:now )?(?:disappear\w*|"
    r"solved|fixed|went away|works)|i think|i believe|i guess|probably|compared (?:to|with)|unlike)\b"
)
_NEGATED_BEFORE = re.compile(
    r"(?:\b(?:no|not|without|never|none of|neither|nor|zero|cannot|avoid(?:ed|ing)?|skip(?:ped|ping)?|drop|"
    r"(?:remov|dropp|delet|disabl|eliminat|discard|omitt)(?:e|ed|ing)?|instead of|rather than|missing|isn't|aren't|"
    r"lack(?:s|ing)?(?: of)?|forg(?:o|e)t(?:ten|ting)?(?: to)?|fail(?:ed|s)? to|commented out|left out|got rid of|"
    r"turned off|in place of|no longer)|n't)(?: (?!and\b|but\b|or\b|so\b|because\b)[\w'().=-]+){0,4} ?$"
    r"|\b(?:replac(?:e|ed|ing)|switch(?:ed|ing)?(?: \w+)? from)(?: (?!with\b|by\b|to\b|and\b|but\b)[\w'().=-]+){0,4} ?$"
)
_KEPT = re.compile(
    r"\bnot only\b|(?:\b(?:not|never|without|forg[eo]t\w* to|failed to)|n't) (?:yet )?(?:remov\w+|dropp?\w*|delet\w+|"
    r"disabl\w+|omit\w*|turn\w* off|get(?:ting)? rid of|tak(?:e|en|ing) (?:out|away|off))"
)
"""What was not taken away is there."""
_NEGATED_AFTER = re.compile(
    r"^(?: (?:layers?|activation|function|normali[sz]ation|call|anywhere|in the \w+|in \w+|of the \w+|from the \w+))*"
    r" (?:(?:is|are|was|were|has been|have been) (?:not|never|n't|removed|missing|disabled|dropped|off|gone|absent|"
    r"nowhere|lacking|forgotten|left out|omitted|commented out)|isn't|aren't|wasn't|(?:is|was) replaced|removed"
    r"|disabled|"
    r"missing|absent|nowhere|not at all|not called|never called|commented out|left out)\b"
)
_PLAYER = (
    r"(?:the |my |our |its |each )?(?P<player>generator|discriminator|both|(?:two |2 )?(?:networks|models|"
    r"nets|players))"
)
_LINKED_AFTER = re.compile(r"^[\w\s().=/-]{0,40}?\b(?:in|of|for|on|to|from|at the end of|inside) " + _PLAYER)
_MENTION = re.compile(r"\b(?:generator|discriminator|both(?! real| sides))\b")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` as it was written, `plain` in one spelling, and how much of what it says may be believed."""

    text: str
    plain: str
    asserts: bool
    """It says how things are."""
    observes: bool
    """What it says of samples may be believed: `why are they grey?` says that they are."""


def sentences(text: str) -> list[Sentence]:
    """The sentences, list items and lines of a text."""
    whole = (_ITEM.sub("", part).strip()[:LONGEST] for part in _SENTENCES.split(_WRAPPED.sub(" ", text)))
    parts = (part for sentence in whole for part in _TRAILING_QUESTION.split(sentence, maxsplit=1))
    return [_read(part) for part in parts if part]


def clauses(plain: str) -> list[str]:
    """The parts of a sentence that are asserted or denied by themselves."""
    return [clause.strip(" ,") for clause in _CLAUSES.split(plain) if clause.strip(" ,.")]


def denied(clause: str, start: int, end: int) -> bool:
    """Whether what stands there is said not to be so."""
    before = clause[:start].rstrip(" (")
    before = _KEPT.sub("", before)
    return bool(_NEGATED_BEFORE.search(f"{before} ") or _NEGATED_AFTER.match(clause[end:]))


def players_of(clause: str, start: int, end: int) -> Players:
    """Of whom the words there are said; nobody if it is not clear."""
    after = _LINKED_AFTER.match(clause[end:])
    if after and not _MENTION.search(clause[end : end + after.start("player")]):
        return _named(after["player"])
    mentions = {mention.group() for mention in _MENTION.finditer(clause)}
    if len(mentions) == 1:
        return _named(mentions.pop())
    before = [mention.group() for mention in _MENTION.finditer(clause[:start])]
    return _named(before[-1]) if before and start - clause.rfind(before[-1], 0, start) < 50 else ()


def _named(word: str) -> Players:
    return (word,) if word in BOTH else BOTH


def _read(text: str) -> Sentence:
    plain = text
    for pattern, standard in _SPELLING:
        plain = re.sub(pattern, standard, plain)
    plain = plain.strip().lower()
    asks = bool(_QUESTION.search(plain))
    explains = bool(_ASKED_FOR_THE_CAUSE.search(plain))
    unreal = bool(_NOT_ASSERTED.search(plain))
    return Sentence(
        text=text,
        plain=plain.rstrip(" .!?"),
        asserts=not (asks or explains or unreal or _ATTEMPT.search(plain)),
        observes=explains or not (asks or unreal),
    )
