"""Free text, as people write it when they ask for help, read into facts.

A wrong fact is worse than none: questions, plans, attempts and what others do are not facts, statements that contradict
each other cancel, and every sentence that gave nothing is listed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from equipoise.core.facts import Facts
from equipoise.core.records import FactValue
from equipoise.core.vocabulary import OBJECTIVE_NAMES
from equipoise.intake.note_circumstances import CIRCUMSTANCES
from equipoise.intake.note_clipping import CLIPPING
from equipoise.intake.note_counts import counts_in
from equipoise.intake.note_frames import framed
from equipoise.intake.note_language import BOTH, Sentence, clauses, denied, players_of, sentences
from equipoise.intake.note_numbers import numbers_in, pairs_in
from equipoise.intake.note_outputs import OUTPUTS
from equipoise.intake.note_penalties import PENALTIES
from equipoise.intake.note_phrases import FOR_EACH, METHODS, SETTINGS, Phrase
from equipoise.intake.note_rates import rates_in
from equipoise.intake.note_seen import SEEN
from equipoise.intake.note_sightings import (
    BAD_IN_EVALUATION,
    LOSS_SIGHTINGS,
    NAN,
    NOT,
    REAL_ONES,
    SAYS_NOT,
    SIGHTINGS,
    SOME,
)
from equipoise.intake.note_signs import SIGNS
from equipoise.intake.note_steps import STEPS

Stated = Mapping[str, FactValue]

LONGEST_TEXT = 50_000
OBJECTIVE_OF_LOSS = {"bce": "non_saturating", "bce_with_logits": "non_saturating", "mse": "least_squares"}
_WELL = ("good", "improving")
_FRAMES = (*PENALTIES, *OUTPUTS, *SIGNS, *STEPS, *CLIPPING, *CIRCUMSTANCES, *SEEN)
_CRITIC = re.compile(r"\bcritic\b", re.IGNORECASE)
"""Only the Wasserstein game calls the discriminator so."""
_TELLING = ("worse", "augmented", "cycling")
"""What says how it came about, where another word only says what it looks like."""
_FAULTS: Stated = {"gradients_zeroed": False, "augmentation": "reals_only", "discriminator_output": "sigmoid"}
"""What a frame tells of a call outweighs that a phrase heard it named."""
_SEEN = ("samples", "losses")
"""They may change in the course of a text without contradiction."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """One sentence and the facts it states."""

    sentence: str
    facts: Stated


@dataclass(frozen=True, kw_only=True, slots=True)
class NotesReading:
    """What a text states. Sentences that state nothing, or that others contradict, are in `not_understood`."""

    facts: Facts
    understood: tuple[Understood, ...]
    not_understood: tuple[str, ...]


def facts_in_notes(text: str) -> NotesReading:
    """The facts of the vocabulary that an English text states."""
    told = sentences(text[:LONGEST_TEXT])
    read = _with_frames(told, [(sentence.text, _stated(sentence)) for sentence in told])
    disputed = _disputed([facts for _, facts in read])
    understood, rest, joined = [], [], dict[str, FactValue]()
    for sentence, facts in read:
        kept = {name: value for name, value in facts.items() if name not in disputed}
        if kept:
            understood.append(Understood(sentence=sentence, facts=kept))
        else:
            rest.append(sentence)
        joined |= _not_better(kept, joined)
    if "loss_function" not in joined and _CRITIC.search(text):
        joined.setdefault("objective", "wasserstein")
    return NotesReading(
        facts=Facts({**_implied(joined), **joined}),
        understood=tuple(understood),
        not_understood=tuple(rest),
    )


def _with_frames(told: list[Sentence], read: list[tuple[str, Stated]]) -> list[tuple[str, Stated]]:
    """What phrases state, and beside it what only frames do: the first that is filled, in their own order."""
    known: dict[str, FactValue] = {}
    for _, facts in read:
        known |= _not_better(facts, known)
    more: dict[str, tuple[int, FactValue]] = {}
    for index, _, facts in sorted(framed(_FRAMES, told), key=lambda one: one[1]):
        for name, value in facts.items():
            more.setdefault(name, (index, value))
    if "eval_samples_differ" in {*more, *known}:
        more.pop("samples", None)
    out = [(text, dict(facts)) for text, facts in read]
    for name, (index, value) in more.items():
        if name not in known or _says_more(name, value, known):
            for _, facts in out:
                facts.pop(name, None)
            out[index][1][name] = value
    return [(text, facts) for text, facts in out]


def _says_more(name: str, value: FactValue, known: Stated) -> bool:
    """Whether what a frame saw is graver, or tells more, than what a phrase saw."""
    if name == "losses":
        return _gravity({"losses": value}) < _gravity(known)
    if name in _FAULTS:
        return value == _FAULTS[name]
    return name == "samples" and (known["samples"] in _WELL or value in _TELLING) and value not in _WELL


def _implied(facts: Stated) -> Stated:
    """A loss function stands for its objective where nobody names another."""
    objective = OBJECTIVE_OF_LOSS.get(str(facts.get("loss_function")))
    return {} if objective is None else {"objective": objective}


def _disputed(stated: list[Stated]) -> set[str]:
    """Facts of which two sentences say different things."""
    values: dict[str, set[FactValue]] = {}
    for facts in stated:
        for name, value in facts.items():
            values.setdefault(name, set()).add(value)
    return {name for name, told in values.items() if len(told) > 1 and name not in _SEEN}


def _not_better(facts: Stated, before: Stated) -> Stated:
    """A complaint is not taken back by praise of other samples, nor by a lesser complaint about losses."""
    kept = dict(facts)
    if kept.get("samples") in _WELL and before.get("samples", "good") not in _WELL:
        del kept["samples"]
    if {"losses"} <= kept.keys() & before.keys() and _gravity(kept) >= _gravity(before):
        del kept["losses"]
    return kept


def _gravity(facts: Stated) -> int:
    """0 for what is gravest."""
    return list(LOSS_SIGHTINGS).index(str(facts["losses"]))


def _stated(sentence: Sentence) -> Stated:
    told, denials = list[Stated](), list[Stated]()
    if sentence.asserts:
        told += _method(sentence.plain)
        for clause in clauses(sentence.plain):
            rates = list(rates_in(clause))
            told += [
                *numbers_in(clause),
                *(pair for pair in pairs_in(clause) if not (rates and _of_rates(pair))),
                *rates,
            ]
            told += _where_not_told(counts_in(clause), told)
            for facts, no in _settings(clause):
                (denials if no else told).append(facts)
    if sentence.observes:
        told += [facts for clause in clauses(sentence.plain) for facts in _sightings(clause, sentence.asserts)]
        if BAD_IN_EVALUATION.search(sentence.plain):
            told.append({"eval_samples_differ": True})
    denied_ones, told_ones = _agreed(denials), _agreed(told)
    said = {**denied_ones, **told_ones}  # `layer norm instead of batch norm` has a normalisation
    said |= {name: value for name, value in denied_ones.items() if value is False}  # `D's are zeroed, G's never`
    return {name: value for name, value in said.items() if name != "samples" or "eval_samples_differ" not in said}


def _of_rates(facts: Stated) -> bool:
    return any("learning_rate" in name for name in facts)


def _where_not_told(counts: Iterable[Stated], told: list[Stated]) -> list[Stated]:
    """Counts that nothing introduces say nothing new beside those that are called by name."""
    known = {name for facts in told for name in facts}
    return [{name: value for name, value in facts.items() if name not in known} for facts in counts]


def _agreed(told: list[Stated]) -> dict[str, FactValue]:
    """All of them, without the names that are given two values in one sentence."""
    values: dict[str, list[FactValue]] = {}
    for facts in told:
        for name, value in facts.items():
            values.setdefault(name, []).append(value)
    agreed = {name: said[0] for name, said in values.items() if len(set(said)) == 1}
    if "samples" in values:
        agreed["samples"] = max(values["samples"], key=lambda seen: seen not in _WELL)
    if "losses" in values:
        agreed["losses"] = min(values["losses"], key=lambda seen: _gravity({"losses": seen}))
    return agreed


def _method(plain: str) -> list[Stated]:
    """The method that a sentence names, if it is one only and not one that was given up."""
    names, left = [], plain
    for pattern, name in METHODS:
        match = pattern.search(left)
        if match:
            names.append((name, denied(left, match.start(), match.end()), match.start()))
            left = pattern.sub(" ", left)
    if len(names) != 1 or names[0][1] or " from " in plain[: names[0][2]][-15:]:
        return []
    return [{**OBJECTIVE_NAMES[names[0][0]], **_architecture(names[0][0])}]


def _architecture(name: str) -> Stated:
    return {f"{player}_architecture": "dcgan" for player in BOTH} if name == "dcgan" else {}


def _settings(clause: str) -> Iterator[tuple[Stated, bool]]:
    """What the clause says of the set-up, and whether it says so by denying something."""
    for phrase in SETTINGS:
        for match in phrase.pattern.finditer(clause):
            no = denied(clause, match.start(), match.end())
            facts = phrase.denial if no else phrase.facts
            yield _applied(phrase, facts, clause, (match.start(), match.end()), no), no


def _applied(phrase: Phrase, facts: Stated, clause: str, place: tuple[int, int], no: bool) -> Stated:
    """The facts of a phrase, for the player of whom it is said."""
    needs_player = bool(phrase.only) or any(FOR_EACH in name for name in facts)
    if not needs_player:
        return facts
    players = players_of(clause, *place)
    if phrase.only:
        return facts if phrase.only in (players or _default(phrase, clause, no)) else {}
    if not players and any("optimizer" in name or "beta1" in name for name in facts):
        players = BOTH
    return {name.replace(FOR_EACH, player): value for name, value in facts.items() for player in players}


def _default(phrase: Phrase, clause: str, no: bool) -> tuple[str, ...]:
    """Whose a thing is when nobody is named: spectral norm, and a sigmoid that was removed, are the discriminator's."""
    if phrase.only != "discriminator":
        return ()
    return ("discriminator",) if no or "spectral_norm" in phrase.facts else ()


def _sightings(clause: str, asserts: bool) -> Iterator[Stated]:
    for match in NAN.finditer(clause):
        if not denied(clause, *match.span()):
            yield {"nan_seen": True}
    losses = _first_seen(LOSS_SIGHTINGS, clause, list(LOSS_SIGHTINGS))
    if losses:
        yield {"losses": losses}
    names = [name for name in SIGHTINGS if asserts or name not in _WELL]
    samples = _first_seen(SIGHTINGS, clause, ["memorised"] if REAL_ONES.search(clause) else names)
    if samples:
        yield {"samples": samples}


def _first_seen(sightings: Mapping[str, re.Pattern[str]], clause: str, names: list[str]) -> str | None:
    for name in names:
        seen = sightings[name].search(clause)
        if seen is None or denied(clause, *seen.span()) or SOME.search(clause[: seen.end()]):
            continue
        if name in SAYS_NOT or not NOT.search(seen.group()):
            return name
    return None
