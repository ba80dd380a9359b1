"""A log's diagnosis: what was read, what was found, when it was to be seen."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import shorten
from typing import Any

from equipoise.core.errors import SettingError
from equipoise.core.fact_words import told_fact
from equipoise.core.facts import Facts
from equipoise.core.records import FactValue, Finding, Severity
from equipoise.core.vocabulary import OBJECTIVE_NAMES
from equipoise.diagnosis import earlier_harm, examine, would_stop_at
from equipoise.diagnosis.rules import few_readings
from equipoise.intake import RUN_FOLDER, LogReading, Origin, read_facts_file, read_log
from equipoise.intake.reading import Source
from equipoise.reports.doubt import doubted
from equipoise.reports.findings import as_json, exit_status, rendered, wrapped

IN_AN_OBJECTIVES_NAME = {name for facts in OBJECTIVE_NAMES.values() for name in facts}
"""Facts that `--objective` alone may give: too little for a diagnosis without readings."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LogDiagnosis:
    """Everything that can be said of a log."""

    reading: LogReading
    findings: tuple[Finding, ...]
    would_stop_at: int | None
    cannot_tell: tuple[str, ...]
    notes_not_understood: tuple[str, ...] = ()
    unknown_facts: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """0, 3, 4 or 5, as `equipoise diagnose` ends."""
        return exit_status(self.findings)

    @property
    def share_saved(self) -> float | None:
        """The share of the run that lay behind the step at which it would have been stopped."""
        if self.would_stop_at is None:
            return None
        history = self.reading.history
        return max(0.0, history.end - self.would_stop_at) / max(history.end - history.begin, 1)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, as `--json` prints them."""
        reading = self.reading
        return {
            "read": {
                "format": reading.format,
                "rows": reading.rows,
                "unit": reading.history.unit,
                "planned": reading.history.planned,
                "columns": [
                    {"name": column.name, "signal": column.signal, "how": column.how} for column in reading.columns
                ],
                "notes": list(reading.notes),
            },
            "facts": {
                name: {"value": value, "source": reading.origins[name].source, "why": reading.origins[name].why}
                for name, value in reading.facts.items()
            },
            "notes_not_understood": list(self.notes_not_understood),
            "unknown_facts": list(self.unknown_facts),
            "findings": [as_json(finding) for finding in self.findings],
            "would_stop_at": self.would_stop_at,
            "share_saved": self.share_saved,
            "cannot_tell": list(self.cannot_tell),
        }

    def json_text(self) -> str:
        """The same as one JSON object in text."""
        return json.dumps(self.as_json(), indent=2, allow_nan=False, ensure_ascii=False)

    def text(self) -> str:
        """The report for a person."""
        parts = ["\n".join(_read_lines(self)), rendered(self.findings) or "Nothing wrong was found in this log."]
        parts += ["\n".join(_last_lines(self))] if self.would_stop_at is not None or self.cannot_tell else []
        return "\n\n".join(parts)


def diagnose(
    log: str | Path,
    *,
    objective: str | None = None,
    facts: Mapping[str, FactValue] | None = None,
    include_quality: bool = True,
) -> LogDiagnosis:
    """Say what is wrong with a GAN from the log of its training.

    Args:
        log: A file, a folder, or `-` for standard input.
        objective: Which loss was trained, by any usual name; without it, it is guessed and said.
        facts: What else is known of the set-up, in the words of docs/facts.md.
        include_quality: Whether FID and its like are used where the log has them.

    Raises:
        DataError: the log cannot be read.
        SettingError: an unknown fact, or a value that it cannot have.
    """
    told = [f"{name}={value}" for name, value in (facts or {}).items()]
    return diagnose_log(Path(log), given=given_facts(objective, told), include_quality=include_quality)


def diagnose_log(
    log: Path, *, given: Facts, facts_file: Path | None = None, include_quality: bool = True
) -> LogDiagnosis:
    """Join what is given with what the facts file and its notes say, read the log and ask the rules.

    Raises:
        DataError: the log or the facts file cannot be read.
    """
    if facts_file is None:
        return _diagnosed(log, given, _origins({"given": given}), include_quality=include_quality)
    from equipoise.intake.note_resemblance import sounds_like
    from equipoise.intake.notes import facts_in_notes  # patterns and model are made only where there are notes

    file = read_facts_file(facts_file)
    notes = facts_in_notes(file.text)
    known = notes.facts.joined(file.facts).joined(given)
    guessed = Facts(sounds_like(file.text, known.choice("objective")))
    origins = _origins({"guess": guessed, "notes": notes.facts, "file": file.facts, "given": given})
    for sentence in notes.understood:
        for name in sentence.facts:
            if origins[name].source == "notes":
                origins[name] = Origin(source="notes", why=f"the notes say: {sentence.sentence}")
    return replace(
        _diagnosed(log, guessed.joined(known), origins, include_quality=include_quality, has_notes=bool(file.text)),
        unknown_facts=tuple(f"{name} ({_short(value)})" for name, value in file.unknown.items()),
        notes_not_understood=tuple(
            sentence
            for sentence in notes.not_understood
            if not any(sentence in line for line in file.unknown_as_text)  # told as unknown facts
        ),
    )


def given_facts(objective: str | None, facts: Iterable[str]) -> Facts:
    """`--objective` and every `--fact NAME=VALUE`; a fact of its own wins over what the objective's name stands for.

    Raises:
        SettingError: an unknown name, or a value that it cannot have.
    """
    told = {} if objective is None else told_fact("objective", objective)
    for fact in facts:
        name, equals, value = fact.partition("=")
        if not equals:
            raise SettingError(f"`--fact` is {fact!r}. Write it as NAME=VALUE, such as penalty_weight=10.")
        told |= told_fact(name, value)
    return Facts(told)


def _origins(told: Mapping[Source, Facts]) -> dict[str, Origin]:
    """Who said each fact; later ones are believed above earlier ones."""
    whys = {
        "given": "you said so",
        "file": "the facts file says so",
        "notes": "the notes say so",
        "guess": "the notes sound like it",
    }
    return {name: Origin(source=source, why=whys[source]) for source, facts in told.items() for name in facts}


def _diagnosed(
    log: Path, known: Facts, origins: Mapping[str, Origin], *, include_quality: bool, has_notes: bool = False
) -> LogDiagnosis:
    told_more = has_notes or bool(set(known) - IN_AN_OBJECTIVES_NAME)
    reading = read_log(log, given=known, include_quality=include_quality, may_be_empty=told_more)
    reading = _with_extent(replace(reading, origins={**reading.origins, **origins}))
    stop = would_stop_at(reading.facts, reading.history)
    findings = doubted(examine(reading.facts, reading.history), reading.facts, reading.origins)
    if stop is not None and all(finding.severity.rank > Severity.HARM.rank for finding in findings):
        findings = (*earlier_harm(reading.facts, reading.history, stop), *findings)
    return LogDiagnosis(
        reading=reading,
        findings=findings,
        would_stop_at=stop,
        cannot_tell=tuple(_cannot_tell(reading)),
    )


def _with_extent(reading: LogReading) -> LogReading:
    """A log of a few rows is an excerpt; a run folder is none, and whoever says that a log is not is believed."""
    few = 0 < max((len(series) for series in reading.history.series.values()), default=0) < few_readings.MOST
    if not few or "excerpt" in reading.facts or reading.format == RUN_FOLDER:
        return reading
    origin = Origin(source="log", why=f"it has {reading.rows} rows")
    return replace(
        reading, facts=reading.facts.joined({"excerpt": True}), origins={**reading.origins, "excerpt": origin}
    )


def _cannot_tell(reading: LogReading) -> Iterator[str]:
    """What no rule can decide from this log, each with what to measure."""
    history, facts = reading.history, reading.facts
    if facts.choice("objective") is None:
        yield "Which objective was trained, and so what the losses mean: say it with --objective."
    elif reading.origins["objective"].source == "guess":
        yield f"Whether the objective is really {facts.choice('objective')}: it was guessed; say it with --objective."
    if not any(name.startswith(("samples/", "quality/")) for name in history.series):
        yield (
            "Whether the samples are good or varied: losses cannot say. "
            "Log a distance of samples to held-out data, or look at pictures of fixed latents."
        )
    if not any(name.startswith(("logits/", "probability/", "separation/", "accuracy/")) for name in history.series):
        yield "How well the discriminator tells reals from fakes: log its mean score on reals and on fakes."
    if facts.choice("objective") == "wasserstein" and "lipschitz/mean" not in history:
        yield "Whether the critic is Lipschitz: log the mean gradient norm at interpolates and the penalty by itself."
    if not {"separation/memorisation", "separation/held_out_ranking"} & set(history.series):
        yield "Whether the discriminator memorises its data: log its scores on held-out reals."


def _read_lines(diagnosis: LogDiagnosis) -> Iterator[str]:
    reading = diagnosis.reading
    history = reading.history
    planned = f", planned to {history.planned:,}" if history.planned is not None else ""
    span = f"{history.unit} {history.begin:,} to {history.end:,}"
    yield f"Read {reading.rows:,} rows ({reading.format}), {span}{planned}."
    width = min(32, max((len(column.name) for column in reading.columns), default=0))
    for column in reading.columns:
        meant = f"{column.signal}: {column.how}" if column.signal else column.how
        yield wrapped(meant, indent=2, label=f"{column.name:<{width}}  ")
    for name, value in reading.facts.items():
        origin = reading.origins[name]
        if origin.source == "guess":
            yield wrapped(f"Guessed: {name} is {value}, because {origin.why}.", indent=2)
    logged = [
        f"{name}={_short(value)}" for name, value in reading.facts.items() if reading.origins[name].source == "log"
    ]
    if logged:
        yield wrapped(", ".join(logged), indent=2, label="The log says: ")
    for note in reading.notes:
        yield wrapped(note, indent=2, label="Note: ")
    if diagnosis.unknown_facts:
        yield wrapped(", ".join(diagnosis.unknown_facts), indent=2, label="Unknown facts: ")
    for note in diagnosis.notes_not_understood:
        yield wrapped(note, indent=2, label="Not understood: ")


def _last_lines(diagnosis: LogDiagnosis) -> Iterator[str]:
    if diagnosis.would_stop_at is not None and diagnosis.share_saved is not None:
        unit = diagnosis.reading.history.unit
        yield (
            f"Watching, equipoise would have stopped this run at {diagnosis.would_stop_at:,} {unit}: "
            f"{diagnosis.share_saved:.0%} of it saved."
        )
    if diagnosis.cannot_tell:
        yield "This log cannot tell:"
        yield from (wrapped(text, indent=2, label="- ") for text in diagnosis.cannot_tell)


def _short(value: FactValue) -> str:
    return f"{value:g}" if isinstance(value, float) else shorten(str(value), 60, placeholder=" ...")
