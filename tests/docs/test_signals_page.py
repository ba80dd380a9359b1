"""docs/signals.md lists every signal that a run gives, and docs/run-folder.md every event."""

import json
import re
from pathlib import Path

import pytest

import equipoise as eq

DOCS = Path(__file__).parents[2] / "docs"
STEP = 16
SMALL = {
    "training.device": "cpu",
    "training.batch_size": STEP,
    "training.trackers": [],
    "training.looks": 1,
    "training.read_every": 1,
    "training.probe_every": 1,
    "generator.hidden": [16],
    "discriminator.hidden": [16],
}


def documented(page, pattern):
    return set(re.findall(pattern, (DOCS / page).read_text()))


@pytest.mark.parametrize(
    ("recipe", "settings"),
    [("gan", {"generator.mode_seeking": 0.1}), ("wgan", {}), ("wgan-gp", {})],
)
def test_what_a_run_writes_is_documented(tmp_path, recipe, settings):
    eq.train("digits", recipe=recipe, out=tmp_path / "run", images=5 * STEP, settings=SMALL | settings,
             show_progress=False)  # fmt: skip
    entries = [json.loads(line) for line in (tmp_path / "run" / "journal.jsonl").read_text().splitlines()]
    signals = {name for entry in entries for name in entry.get("signals", {})}
    named = {re.sub(r"^(penalty|gradient_norm)/.*gradient_penalty$", r"\1/NAME", name) for name in signals}
    assert len(named) > 40
    assert named - documented("signals.md", r"`([a-z_]+/[A-Za-z_0-9]+)`") == set()
    events = {entry["event"] for entry in entries if "event" in entry}
    assert events - documented("run-folder.md", r"`([a-z_]+)`") == set()
