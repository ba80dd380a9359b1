"""Measuring runs and folders side by side: numbers, a JSON file with the protocol, and pictures to look at."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from equipoise.evaluation import (
    Evaluation,
    MetricValue,
    Question,
    SampleSet,
    StoredSet,
    choose_features,
    evaluate_set,
    split_of,
)
from equipoise.evaluation.own import OwnFeatures
from equipoise.evaluation.sets import Split
from equipoise.recipes.resolve import resolve_device
from equipoise.reports.subjects import Subject, reference_of, split_seed_of, subjects_of
from equipoise.reports.target import writing
from equipoise.sampling import Curve, curves_picture, image_grid, save_png

PAIRS_IN_A_ROW = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a person asks for. `against` None takes the data of the first run; `size` None the data's own."""

    targets: tuple[str, ...]
    against: str | None = None
    metrics: tuple[str, ...] = ()
    features: str | OwnFeatures = "auto"
    weights: Path | None = None
    n: int = 10_000
    checkpoints: tuple[str, ...] = ("last",)
    split: Split = "full"
    size: int | None = None
    seed: int = 0
    device: str = "auto"


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The evaluations in the order they were asked for, and the files that were written."""

    evaluations: tuple[Evaluation, ...]
    files: tuple[Path, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"evaluations": [one.as_json() for one in self.evaluations], "files": [str(file) for file in self.files]}


def evaluate(request: Request, out: Path | None) -> Report:
    """Measure every target, and write `evaluation.json` and pictures to the folder `out` if there is one.

    Raises:
        SettingError: targets, metrics or features that do not go together.
        DataError: data or weights that cannot be had.
        RunFolderError: a run without what was asked for.
    """
    device = resolve_device(request.device)
    reference = reference_of(request.targets, request.against, size=request.size)
    subjects = [
        subject
        for target in request.targets
        for subject in subjects_of(
            target, reference, checkpoints=request.checkpoints, n=request.n, seed=request.seed, device=device
        )
    ]
    chosen = choose_features(request.features, reference.store, weights=request.weights, seed=0, device=device)
    question = Question(
        split=request.split, split_seed=split_seed_of(request.targets), metrics=request.metrics, seed=request.seed
    )
    evaluations = [
        evaluate_set(subject.samples, reference, chosen, question, about=subject.about) for subject in subjects
    ]
    report = Report(evaluations=tuple(evaluations), files=())
    return report if out is None else _written(report, subjects, reference, out)


def _written(report: Report, subjects: Sequence[Subject], reference: StoredSet, out: Path) -> Report:
    path = out / "evaluation.json"
    pictures: dict[Path, Image.Image] = {}
    for subject, evaluation in zip(subjects, report.evaluations, strict=True):
        sheet = _sheet(subject.samples, reference, evaluation)
        if sheet is not None:
            pictures[out / f"closest-pairs-{_file_name(evaluation.subject)}.png"] = sheet
    pictures |= {out / f"{metric}-over-training.png": curve for metric, curve in _over_training(report, subjects)}
    with writing(path):
        for place, picture in pictures.items():
            save_png(picture, place)
        whole = Report(evaluations=report.evaluations, files=(path, *pictures))
        path.write_text(json.dumps(whole.as_json(), indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return whole


def _sheet(samples: SampleSet, reference: StoredSet, evaluation: Evaluation) -> Image.Image | None:
    """The closest pairs, each a sample with its nearest training example on its right; None without images."""
    try:
        pairs = evaluation["memorisation"].details["closest"]
    except KeyError:
        return None
    if len(samples.sample_shape) != 3 or not pairs:
        return None
    training = split_of(reference.store, reference.name, split="training", seed=evaluation.protocol["split_seed"])
    left = samples.at(torch.tensor([pair.sample for pair in pairs]))
    right = training.at(torch.tensor([pair.training for pair in pairs]))
    return image_grid(torch.stack([left, right], dim=1).flatten(0, 1), columns=2 * PAIRS_IN_A_ROW)


def _over_training(report: Report, subjects: Sequence[Subject]) -> list[tuple[str, Image.Image]]:
    """One picture a metric, where several checkpoints of a run were measured."""
    runs: dict[str, list[tuple[int, Evaluation]]] = {}
    for subject, evaluation in zip(subjects, report.evaluations, strict=True):
        if subject.run is not None and subject.images is not None:
            runs.setdefault(subject.run, []).append((subject.images, evaluation))
    if max((len(points) for points in runs.values()), default=0) < 2:
        return []
    metrics = {value.metric: value.name for value in report.evaluations[0].values}
    return [
        (metric, curves_picture([_curve(run, points, metric) for run, points in runs.items()], title=name))
        for metric, name in metrics.items()
    ]


def _curve(run: str, points: Sequence[tuple[int, Evaluation]], metric: str) -> Curve:
    ordered = sorted(points, key=lambda point: point[0])
    values: list[MetricValue] = [evaluation[metric] for _, evaluation in ordered]
    known = [value.interval for value in values if value.interval is not None]
    whole = len(known) == len(values)
    return Curve(
        name=run,
        positions=[float(images) for images, _ in ordered],
        values=[value.value for value in values],
        low=[interval.low for interval in known] if whole else None,
        high=[interval.high for interval in known] if whole else None,
    )


def _file_name(subject: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in subject)
