"""The last words of a training command."""

from pathlib import Path

from equipoise.diagnosis import verdict
from equipoise.reports import newest_picture, read_history
from equipoise.training.progress import duration


def print_verdict(run: Path, *, finished: bool) -> None:
    """What was reached, how to read it, and where to look."""
    history = read_history(run)
    state = "Trained on" if finished else "Interrupted after"
    print(f"\n{state} {history.images:,} images in {duration(history.seconds)}.")
    for finding in verdict(history.series):
        print(f"- {finding.symptom} {finding.explanation}")
        for remedy in finding.remedies:
            print(f"    try: {remedy}")
    print(f"\nSamples: {newest_picture(run)}")
    if not finished:
        print(f"Go on:   equipoise resume {run}")
