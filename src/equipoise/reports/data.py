"""What is in a source of data, in words and as a contact sheet."""

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image

from equipoise.data import DataReport, PointSource, Source, SourceLike, as_samples, inspect_source, open_source, preview
from equipoise.reports.target import writing
from equipoise.sampling import image_grid, save_png, scatter

SHEET_COLUMNS = 12
SHEET_ROWS = 8
SHEET_SIZE = 64
MOST_LISTED = 5


def describe_data(source: SourceLike, sheet: Path) -> str:
    """Look at every item of `source`, draw a contact sheet to `sheet`, and tell what was found."""
    opened = open_source(source)
    report = inspect_source(opened)
    with writing(sheet):
        save_png(_sheet(opened), sheet)
    return f"{report_text(report)}\n\nContact sheet: {sheet}"


def _sheet(opened: Source | PointSource) -> Image.Image:
    if isinstance(opened, PointSource):
        return scatter(torch.from_numpy(opened.points()[:5000].copy()))
    classes = len(opened.classes or ())
    columns = classes if 4 <= classes <= SHEET_COLUMNS else SHEET_COLUMNS  # then a column is a class
    images = preview(opened, count=columns * SHEET_ROWS, size=SHEET_SIZE)
    return image_grid(as_samples(torch.from_numpy(images)), columns=columns, scale=1)


def report_text(report: DataReport) -> str:
    """The report, one fact a line, what is wrong last."""
    lines = [report.description, f"Count: {report.count:,}"]
    if report.class_counts:
        lines.append("Classes: " + ", ".join(f"{name} {count:,}" for name, count in report.class_counts.items()))
    if report.sizes:
        lines.append("Sizes: " + _counted({f"{w} x {h}": count for (w, h), count in report.sizes.items()}))
    if report.modes:
        lines.append("Colour modes: " + _counted(report.modes))
    if report.value_range:
        lines.append("Values: {:g} to {:g}".format(*report.value_range))
    lines.append(f"Exact duplicates: {report.duplicates:,}" + _first([" = ".join(p) for p in report.duplicate_pairs]))
    lines.append(f"Constant images: {len(report.constant):,}" + _first(report.constant))
    lines.append(f"Unreadable: {len(report.corrupt):,}" + _first([f"{item} ({why})" for item, why in report.corrupt]))
    return "\n".join(lines + [f"Note: {note}" for note in report.notes])


def _counted(counts: dict[str, int]) -> str:
    shown = [f"{name} ({count:,})" for name, count in list(counts.items())[:MOST_LISTED]]
    rest = len(counts) - len(shown)
    return ", ".join(shown) + (f" and {rest} others" if rest else "")


def _first(items: Sequence[str]) -> str:
    if not items:
        return ""
    more = f" and {len(items) - MOST_LISTED} more" if len(items) > MOST_LISTED else ""
    return ": " + "; ".join(items[:MOST_LISTED]) + more
