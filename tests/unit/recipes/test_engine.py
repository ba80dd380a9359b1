"""The engine of a run: chosen once, told, remembered; and that a rehearsal names it."""

import json

import pytest
from torch import nn

import equipoise as eq
from equipoise.core.errors import SettingError
from equipoise.recipes.rehearsal import rehearse
from equipoise.recipes.session import chosen_recipe
from equipoise.training.checkpoint import read_info
from equipoise.training.fused import choose
from equipoise.training.retention import newest_first

STEP = 16
TINY = {
    "training.batch_size": STEP,
    "training.trackers": [],
    "training.looks": 1,
    "generator.hidden": [16],
    "discriminator.hidden": [16],
}


def run(out, *, images=2 * STEP, settings=None, **networks):
    eq.train("digits", recipe="gan", out=out, images=images, settings=TINY | (settings or {}), **networks)
    return out


def remembered(out):
    """In the recipe, at the beginning of each session, and in the newest checkpoint."""
    lines = [json.loads(line) for line in (out / "journal.jsonl").read_text().splitlines()]
    sessions = [line["engine"] for line in lines if line.get("event") in ("started", "resumed")]
    recipe = json.loads((out / "recipe.json").read_text())["training"]["engine"]
    return recipe, sessions, read_info(newest_first(out / "checkpoints")[0]).manner.kind


def test_a_short_run_stays_eager_and_says_nothing(tmp_path, capsys):
    assert remembered(run(tmp_path)) == ("eager", ["eager"], "eager")
    assert "fused" not in capsys.readouterr().err


def test_a_fused_run_says_so_and_goes_on_fused_when_it_is_resumed(tmp_path, capsys):
    run(tmp_path, settings={"training.engine": "fused"})
    assert "Steps fused into " in capsys.readouterr().err
    eq.resume(tmp_path, images=4 * STEP)
    assert "Steps fused into " in capsys.readouterr().err
    assert remembered(tmp_path) == ("fused", ["fused", "fused"], "fused")


def test_a_run_that_auto_has_fused_goes_on_fused_though_little_is_left(tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(choose, "worth_tracing", lambda *_, **__: True)
        run(tmp_path)
    eq.resume(tmp_path, images=3 * STEP, show_progress=False)
    assert remembered(tmp_path) == ("fused", ["fused", "fused"], "fused")


def test_a_network_that_cannot_be_fused_is_trained_eagerly_and_one_line_says_why(tmp_path, capsys):
    critic = nn.Sequential(nn.Flatten(), nn.Linear(64, 1))
    critic[1].register_forward_hook(lambda *_: None)
    run(tmp_path, settings={"training.engine": "fused", "conditioning": "none"}, discriminator=critic)
    told = [line for line in capsys.readouterr().err.splitlines() if "not fused" in line]
    assert told == [
        f"The {player}'s step is not fused: `1` has hooks, which a graph would not run."
        for player in ("generator", "discriminator")
    ]
    assert remembered(tmp_path) == ("eager", ["eager"], "eager")


@pytest.mark.parametrize(
    ("engine", "shown"), [("fused", "Engine: fused. Steps fused into"), ("auto", "Engine: eager.\n")]
)
def test_a_rehearsal_names_the_engine(engine, shown):
    recipe = chosen_recipe("gan", "digits", images=64, settings=TINY | {"training.engine": engine})
    assert shown in rehearse(recipe, "digits")


def test_an_engine_that_there_is_not_is_refused():
    with pytest.raises(SettingError, match=r"`training.engine` is 'quick', but should be 'auto', 'eager', 'fused' or"):
        chosen_recipe("gan", "digits", settings={"training.engine": "quick"})
