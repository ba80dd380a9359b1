"""Metrics while a run goes on: they change nothing of it, and choose its best checkpoint."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import safe_open

import equipoise as eq
from equipoise.core.errors import SettingError
from equipoise.core.randomness import derived_seed
from equipoise.data import prepare
from equipoise.evaluation import MEASURES, StoredSet, pixel_extractor
from equipoise.evaluation.choose import features_at_hand
from equipoise.recipes.evaluating import run_evaluation
from equipoise.recipes.resolve import DataFacts, resolve
from equipoise.recipes.selection import LOOKS, chosen_selection, selection_of, signal_name
from equipoise.recipes.session import chosen_recipe
from equipoise.recipes.setup import set_up
from equipoise.sampling import generate_from
from equipoise.training.plan import Budget, Plan, Selection

STEP = 16
TINY = {
    "training.batch_size": STEP,
    "training.device": "cpu",
    "training.trackers": [],
    "training.looks": 2,
    "generator.hidden": [16],
    "discriminator.hidden": [16],
    "discriminator.dropout": 0.3,
    "training.evaluate_samples": 100,
    "training.evaluate_features": "pixels",
}
EVALUATED = TINY | {"training.evaluate_every": 3 * STEP}


def trained(out: Path, cycles: int, settings=EVALUATED, recipe="gan", source="digits", **changes) -> Path:
    eq.train(source, recipe=recipe, out=out, images=cycles * STEP, settings=settings | changes, show_progress=False)
    return out


def tensors(run: Path, images: int) -> dict[str, torch.Tensor]:
    with safe_open(run / "checkpoints" / f"{images:012d}.safetensors", framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}


def entries(run: Path) -> list[dict]:
    return [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]


def series(run: Path, name: str) -> dict[int, float]:
    return {entry["images"]: entry["signals"][name] for entry in entries(run) if name in entry.get("signals", {})}


@pytest.mark.parametrize("recipe", ["gan", "cgan"])
def test_a_run_with_evaluations_is_the_run_without_them_to_the_bit(recipe, tmp_path):
    with_them = trained(tmp_path / "with", 10, recipe=recipe)
    without = trained(tmp_path / "without", 10, recipe=recipe, settings=TINY)
    expected, found = tensors(without, 10 * STEP), tensors(with_them, 10 * STEP)
    assert len(series(with_them, "quality/frechet")) == 5
    assert expected.keys() == found.keys()
    assert [name for name in expected if not torch.equal(expected[name], found[name])] == []


def test_a_resumed_run_evaluates_where_the_whole_one_does_and_finds_the_same(tmp_path):
    whole, parts = trained(tmp_path / "whole", 10), trained(tmp_path / "parts", 5)
    torch.manual_seed(99)
    eq.resume(parts, images=10 * STEP, show_progress=False)
    expected, found = series(whole, "quality/kernel"), series(parts, "quality/kernel")
    assert sorted(expected) == [0, 3 * STEP, 6 * STEP, 9 * STEP, 10 * STEP]
    assert {at: value for at, value in found.items() if at != 5 * STEP} == expected
    assert torch.equal(tensors(whole, 10 * STEP)["random.latents"], tensors(parts, 10 * STEP)["random.latents"])


def test_the_numbers_are_those_of_the_averaged_generator_against_the_reference(tmp_path):
    run = trained(tmp_path / "run", 6, **{"training.evaluate_metrics": ["fid"], "conditioning": "none"})
    settings = EVALUATED | {"conditioning": "none"}
    setup = set_up(chosen_recipe("gan", "digits", images=6 * STEP, settings=settings), "digits")
    evaluation = run_evaluation(setup)
    assert evaluation is not None
    reference = evaluation.reference
    assert set(reference.indices.tolist()) <= set(setup.training_indices.tolist())
    assert len(reference) == 100
    streams = [torch.Generator().manual_seed(derived_seed(evaluation.seed, 0))]
    latents = torch.randn(256, 100, generator=streams[0])[:100]
    fake = generate_from(eq.load(run).module, latents)
    levels = ((fake + 1) * 127.5).round().clamp(0, 255) / 127.5 - 1
    a, b = (x.flatten(1).double().numpy() for x in (prepare("digits").batch(reference.indices)[0], levels))
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    shift = a.mean(axis=0) - b.mean(axis=0)
    roots = np.sqrt(np.linalg.eigvals(cov_a @ cov_b).real.clip(0))
    expected = shift @ shift + np.trace(cov_a + cov_b) - 2 * roots.sum()
    assert series(run, "quality/frechet")[6 * STEP] == pytest.approx(expected, rel=1e-3)


def test_the_journal_tells_the_protocol_and_the_cost_of_each_evaluation(tmp_path):
    run = trained(tmp_path / "run", 3, recipe="cgan")
    first, last = (entry for entry in entries(run) if entry.get("event") == "evaluated")
    assert (first["images"], last["images"]) == (0, 3 * STEP)
    assert last["features"] == "pixels8"
    assert "frechet100-training100-pixels8" in last["metrics"]
    recall = last["metrics"]["recall100-training100-k5-pixels8"]
    assert recall["low"] <= recall["value"] <= recall["high"]
    assert last["took_seconds"] > 0
    started = next(entry for entry in entries(run) if entry.get("event") == "started")
    assert started["selection"] == "quality/frechet"


@pytest.mark.parametrize(
    ("chosen", "signal", "best_of"),
    [(None, "quality/frechet", min), ("coverage", "quality/coverage", max), ("kid", "quality/kernel", min)],
)
def test_the_best_checkpoint_is_the_best_by_the_chosen_metric(chosen, signal, best_of, tmp_path):
    few = {
        "training.keep_checkpoints": 1,
        "training.evaluate_every": STEP,
        "training.evaluate_metrics": "fid,kid,prdc",
        "training.selection": chosen,
        "training.ema_half_life": 0,
        "generator.learning_rate": 0.02,
    }
    run = trained(tmp_path / "run", 40, source="swiss-roll", **few)
    values = series(run, signal)
    assert len(set(values.values())) > 5
    best = best_of(values.values())
    kept = {int(path.stem) for path in (run / "checkpoints").glob("*.safetensors")}
    (found,) = kept - {40 * STEP} or {40 * STEP}
    assert values[found] == best
    assert "auto" not in (run / "recipe.json").read_text()


def test_without_evaluations_the_looks_select(tmp_path):
    run = trained(tmp_path / "run", 2, settings=TINY)
    assert json.loads((run / "recipe.json").read_text())["training"]["selection"] == "samples/sliced_wasserstein"
    assert not any(entry.get("event") == "evaluated" for entry in entries(run))


def test_points_are_evaluated_by_their_modes(tmp_path):
    modes = {"training.evaluate_metrics": "modes,fid", "training.selection": "high-quality"}
    run = trained(tmp_path / "run", 3, source="ring-8", **modes)
    assert set(series(run, "quality/modes").values()) <= set(range(9))
    assert 0 <= series(run, "quality/high_quality")[3 * STEP] <= 1


def refused(settings, source="digits", recipe="gan", out="never"):
    with pytest.raises(SettingError) as told:
        eq.train(source, recipe=recipe, out=out, images=64, settings=EVALUATED | settings, show_progress=False)
    assert not any(Path(out).glob("*"))
    return str(told.value)


def test_what_cannot_be_evaluated_is_refused_before_the_run_begins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "Did you mean fid" in refused({"training.evaluate_metrics": "fidd"})
    assert "cannot be measured here: the modes" in refused({"training.evaluate_metrics": "modes"})
    assert "whole reference" in refused({"training.evaluate_metrics": "memorisation"})
    assert "There are: fid, kid, precision, recall, coverage, samples/" in refused({"training.selection": "swd"})
    assert "which this run does not measure" in refused({"training.selection": "density"})
    assert "--evaluate-every N" in refused({"training.evaluate_every": None, "training.selection": "fid"})
    by_kid = {"training.stop_when_done": True, "training.selection": "kid"}
    assert "stays above 0" in refused(by_kid)


def test_features_at_hand_cost_nothing_to_set_up(tmp_path, monkeypatch):
    digits = prepare("digits")
    assert features_at_hand(digits, cache=tmp_path) == "pixels"
    state = torch.get_rng_state()
    monkeypatch.setattr("equipoise.evaluation.classifier_training.LEAST_STEPS", 2)
    from equipoise.evaluation import classifier_of

    classifier_of(digits, cache=tmp_path)
    assert features_at_hand(digits, cache=tmp_path) == "classifier"
    assert features_at_hand(prepare("ring-8"), cache=tmp_path) == "pixels"
    assert torch.equal(torch.get_rng_state(), state)


def test_names_of_published_features_are_the_known_ones():
    extractor = pixel_extractor((1, 8, 8))
    assert signal_name("fid-by-class", extractor) == "quality/frechet_by_class"
    training = resolve(
        chosen_recipe("gan", "digits", images=64, settings=EVALUATED),
        DataFacts(count=1000, sample_shape=(1, 8, 8), classes=10),
    ).training
    assert selection_of(training, extractor) == Selection(signal="quality/frechet")
    assert selection_of(training, None) == LOOKS
    assert chosen_selection(training) == "fid"


def test_every_measure_gives_what_it_says(tmp_path):
    from equipoise.evaluation import Chosen, Question, evaluate_set

    ring = StoredSet(name="ring", store=prepare("ring-8"), indices=torch.arange(3000))
    chosen = Chosen(extractor=pixel_extractor((2,)), notes=())
    for name in ("fid", "kid", "prdc", "modes", "swd", "variety", "fid-infinity"):
        values = evaluate_set(ring, ring, chosen, Question(metrics=(name,)), cache=tmp_path).values
        assert {value.metric: value.better for value in values} == dict(MEASURES[name].gives)


def test_an_evaluation_is_due_once_for_each_interval():
    plan = Plan(budget=Budget(images=100), evaluate_every=10)
    assert [plan.evaluates_between(at - 4, at) for at in range(4, 25, 4)] == [False, False, True, False, True, False]
    assert not Plan(budget=Budget(images=100)).evaluates_between(0, 100)
    assert Selection(signal="a", higher_is_better=True).of({"a": 2.0}) == -2.0
    assert Selection(signal="a").of({"b": 2.0}) is None
