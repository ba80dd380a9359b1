"""One log, of whatever format, to its reading."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from equipoise.core.errors import DataError
from equipoise.core.facts import Facts
from equipoise.core.records import FactValue
from equipoise.intake.collect import Collected
from equipoise.intake.columns import understood
from equipoise.intake.folders import logs_in, settings_beside
from equipoise.intake.jsonrows import json_line_rows, json_rows, parsed
from equipoise.intake.reading import RUN_FOLDER, ColumnReading, LogReading, Origin
from equipoise.intake.run_folder import JournalReading, facts_in_recipe, is_run_folder, read_journal, read_recipe
from equipoise.intake.settings import facts_in_settings
from equipoise.intake.source import Source, opened
from equipoise.intake.tables import delimiter_of, table_rows
from equipoise.intake.tensorboard import is_event_file, scalars
from equipoise.intake.text import TextReader
from equipoise.intake.wandb import MAGIC, wandb_rows

_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b\x00"))


@dataclass(slots=True)
class _Reading:
    """What the readers of all files put together."""

    collected: Collected = field(default_factory=Collected)
    settings: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, FactValue] = field(default_factory=dict)
    formats: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_log(
    path: Path, *, given: Facts | None = None, include_quality: bool = True, may_be_empty: bool = False
) -> LogReading:
    """Read a log, a folder with logs or, as `-`, standard input. What is `given` settles what the log leaves open.

    Without `include_quality`, FID and its like are left out, as if nobody had measured them. A text without readings is
    an error unless it `may_be_empty`, because enough is known otherwise.

    Raises:
        DataError: nothing there can be read as a log.
    """
    told = Facts() if given is None else given
    try:
        if is_run_folder(path):
            return _own_run(path, told, include_quality=include_quality)
        files = logs_in(path) if path.is_dir() else [path]
    except OSError as error:
        raise DataError(f"Cannot read {path}: {error.strerror}.") from error
    reading = _Reading()
    for file in files:
        with opened(file, may_be_empty=may_be_empty) as source:
            _read_source(source, reading)
            if source.overlong:
                reading.notes.append(f"{source.overlong} lines were too long to be a log's and were left out")
    reading.settings |= settings_beside(path if path.is_dir() else path.parent)
    joined = _joined(reading, told, include_quality=include_quality)
    if joined.history.series:
        return joined
    if not may_be_empty:
        raise DataError(_nothing(str(path), reading, joined.columns))
    return replace(joined, notes=(*joined.notes, "the log has no readings: what is said rests on the facts alone"))


def _joined(reading: _Reading, given: Facts, *, include_quality: bool) -> LogReading:
    logged = Facts(facts_in_settings(reading.settings) | reading.facts)
    history, columns, guess = understood(reading.collected, logged.joined(given), include_quality=include_quality)
    total = logged.joined(given).number("total_steps")
    if history.planned is None and total is not None and history.unit != "rows":
        history = replace(history, planned=int(total))
    origins = {fact: Origin(source="guess", why=why) for fact, (_, why) in guess.items()}
    origins |= {fact: Origin(source="log", why="the log says so") for fact in logged}
    facts = Facts({fact: value for fact, (value, _) in guess.items()}).joined(logged).joined(given)
    return LogReading(
        history=history,
        facts=facts,
        origins={name: origin for name, origin in origins.items() if name not in given},
        columns=columns,
        rows=reading.collected.rows,
        format=" + ".join(dict.fromkeys(reading.formats)),
        notes=(*reading.notes, *_axis_notes(reading.collected)),
    )


def _nothing(name: str, reading: _Reading, columns: Iterable[ColumnReading]) -> str:
    seen = [*reading.collected.unknown][:8]
    found = f"The names found are {', '.join(seen)}; none is known." if seen else "There are no named numbers in it."
    skipped = [f"{column.name}: {column.how}" for column in columns if column.how.startswith("not used: quality")]
    return (
        f"{name} holds nothing that a diagnosis can use. {found} {'; '.join(skipped)}".rstrip()
        + " Name columns as d_loss, g_loss, D(x), D(G(z)), W-distance, gp; docs/diagnose-a-log.md lists the names. "
        "A text about a run is read too, where it stands under `notes:` in the file that --facts names."
    )


def _axis_notes(collected: Collected) -> Iterator[str]:
    restarts = max((len(position.restarts) for position in collected.positions), default=0)
    rewinds = max((position.rewinds for position in collected.positions), default=0)
    if restarts:
        yield f"the counter begins anew ({_times(restarts)}): the parts were joined end to end"
    if rewinds:
        yield f"the counter goes back ({_times(rewinds)}), as after a resume: they stand where the first pass ended"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _own_run(path: Path, given: Facts, *, include_quality: bool) -> LogReading:
    journal, recipe = read_journal(path), Facts(facts_in_recipe(read_recipe(path)))
    facts = recipe.joined(journal.facts)
    kept = {
        name: series
        for name, series in journal.history.series.items()
        if include_quality or not name.startswith("quality/")
    }
    if not kept:
        raise DataError(f"{path} is a run folder in which nothing was measured yet.")
    total = recipe.number("total_steps")
    planned = journal.history.planned or (None if total is None else int(total))
    return LogReading(
        history=replace(journal.history, series=kept, planned=planned),
        facts=facts.joined(given),
        origins={fact: _source_of(fact, journal) for fact in facts if fact not in given},
        columns=tuple(ColumnReading(name=name, signal=name, how="our own signal") for name in kept),
        rows=journal.rows,
        format=RUN_FOLDER,
        notes=(f"{journal.damaged} lines of the journal are damaged and were left out",) if journal.damaged else (),
    )


def _source_of(fact: str, journal: JournalReading) -> Origin:
    return Origin(source="log", why="journal.jsonl" if fact in journal.facts else "recipe.json")


def _read_source(source: Source, reading: _Reading) -> None:
    if is_event_file(source.head):
        reading.formats.append("TensorBoard")
        for tag, step, value in scalars(source.chunks()):
            reading.collected.add_alone(tag, step, value)
        return
    name, rows = _rows(source, reading)
    reading.formats.append(name)
    reading.collected.begin()
    add = reading.collected.add
    for row in rows:
        add(row)


def _rows(source: Source, reading: _Reading) -> tuple[str, Iterator[Mapping[str, float]]]:
    """The format, told by content, and the rows."""
    if source.head.startswith(MAGIC):
        return "Weights & Biases", wandb_rows(source.chunks(), reading.settings)
    _require_text(source)
    head = source.text_head().lstrip("\ufeff \t\r\n")
    if head[:1] in ("{", "["):
        first, _, rest = head.partition("\n")
        if isinstance(parsed(first), Mapping) and rest.lstrip()[:1] in ("{", ""):
            if "\n" in head.strip():
                return "JSON lines", json_line_rows(source.lines(), reading.settings)
            return "JSON", _one_json(source, reading)
        if _goes_on_as_json(head):
            return "JSON", _one_json(source, reading)
    delimiter = delimiter_of(head)
    if delimiter is not None:
        return "table", table_rows(source.lines(), delimiter)
    return "text", _text_rows(source, reading)


def _one_json(source: Source, reading: _Reading) -> Iterator[dict[str, float]]:
    return json_rows(source.whole(), source.name, reading.settings)


def _goes_on_as_json(head: str) -> bool:
    """Whether text that begins with a bracket goes on as JSON does, and not as `[Epoch 1/5] ...` does."""
    inner = head[1:].lstrip()
    return inner[:1] in ('"', "{", "[", "]", "}") if head[0] == "{" else inner[:1] in ("{", "[", "]")


def _text_rows(source: Source, reading: _Reading) -> Iterator[dict[str, float]]:
    reader = TextReader()
    yield from reader.rows(source.lines())
    reading.facts |= reader.facts()
    reading.collected.percent |= reader.pairs.percent


def _require_text(source: Source) -> None:
    """Raise unless the first bytes are text.

    Raises:
        DataError: they are something else.
    """
    sample = source.head[:8192]
    zeros = 0 if source.encoding == "utf-16" else sample.count(0)
    strange = zeros + sum(sample.count(byte) for byte in _CONTROL)
    if strange > 0.05 * len(sample):
        raise DataError(
            f"{source.name} is no log: its first bytes are neither text, nor TensorBoard events, nor a W&B file."
        )
