"""An evaluation as a table for a terminal, and what the numbers mean in a line each."""

from collections.abc import Iterable, Sequence

from equipoise.evaluation import Evaluation, MetricValue

READINGS = {
    "fid": "distance between the two clouds of features; 0 is alike, lower is better",
    "kid": "another such distance, without bias for small sets; around 0 is alike, lower is better",
    "is": "sharp single samples of many classes; 1 to the number of classes, higher is better",
    "precision": "share of samples that look like something in the data; higher is better",
    "recall": "share of the data that the samples could have been; higher is better",
    "density": "how deep the samples lie within the data; about 1 is alike",
    "coverage": "share of the data with a sample close by; higher is better",
    "memorisation": "share of samples nearer to training data than 95 % of unseen data is; about 0.05 is sound",
    "accuracy": "share of samples in which a classifier reads the class that was asked for; higher is better",
    "modes": "modes of the data reached by at least one sample",
    "high-quality": "share of samples within 3 standard deviations of a mode; higher is better",
    "mode-kl": "unevenness over the modes in nats; 0 is even",
    "fid-by-class": "mean over the classes of the distance within the class; lower is better",
    "fid-infinity": "the distance that endless samples would have; lower is better",
    "swd": "distance of the raw values along random lines; lower is better",
    "variety": "how many different things would repeat themselves as often as these samples do; higher is better",
}
"""One line for each metric that `equipoise evaluate` prints."""

_NOT_MEASURED = "-"


def evaluation_text(evaluations: Sequence[Evaluation]) -> str:
    """The table, one column a subject, with 95 % intervals; below it the readings, the warnings and the notes."""
    first = evaluations[0]
    rows = {value.name: value.metric for evaluation in evaluations for value in evaluation.values}
    table = [["", *(evaluation.subject for evaluation in evaluations)]]
    table += [[name, *(_cell(evaluation, name) for evaluation in evaluations)] for name in rows]
    protocol = first.protocol
    heading = (
        f"Against {first.reference}: {protocol['reals']:,} items ({protocol['split']}), "
        f"features {protocol['features']['name']}. In brackets: 95 % intervals."
    )
    parts = [heading, _aligned(table), "\n".join(_readings(rows.values()))]
    remarks = [*_bias(evaluations), *first.notes]
    if remarks:
        parts.append("\n".join(f"Note: {remark}" for remark in dict.fromkeys(remarks)))
    return "\n\n".join(parts)


def _cell(evaluation: Evaluation, name: str) -> str:
    value = next((value for value in evaluation.values if value.name == name), None)
    return _NOT_MEASURED if value is None else _number(value)


def _number(value: MetricValue) -> str:
    if value.interval is None:
        return f"{value.value:.4g}"
    return f"{value.value:.4g} [{value.interval.low:.4g}, {value.interval.high:.4g}]"


def _aligned(table: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join(lines)


def _readings(metrics: Iterable[str]) -> list[str]:
    known = [metric for metric in dict.fromkeys(metrics) if metric in READINGS]
    width = max((len(metric) for metric in known), default=0)
    return [f"{metric:<{width}}  {READINGS[metric]}" for metric in known]


def _bias(evaluations: Sequence[Evaluation]) -> list[str]:
    """What the measures themselves warn of, with the metric's name before it."""
    return [
        f"{value.metric}: {note}" for evaluation in evaluations for value in evaluation.values for note in value.notes
    ]
