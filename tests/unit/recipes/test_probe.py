"""Probes and the doctor within a run: what they leave in the folder, and that the run does not notice them."""

import json

import pytest
import torch
from safetensors.torch import load_file

import equipoise as eq
from equipoise.core.records import Finding, Severity
from equipoise.diagnosis.rule import Rule
from equipoise.recipes import session
from equipoise.recipes.assemble import make_state
from equipoise.recipes.doctor import RunDoctor
from equipoise.recipes.probe import FEWEST_HELD_OUT, enough_held_out, run_probe
from equipoise.recipes.session import chosen_recipe
from equipoise.recipes.setup import set_up

STEP = 16
SMALL = {
    "training.device": "cpu",
    "training.batch_size": STEP,
    "training.trackers": [],
    "training.looks": 2,
    "generator.hidden": [32],
    "discriminator.hidden": [32],
}


def train(out, *, recipe="gan", cycles=6, **settings):
    dotted = {name.replace("__", "."): value for name, value in settings.items()}
    return eq.train(
        "digits", recipe=recipe, out=out, images=cycles * STEP, settings=SMALL | dotted, show_progress=False
    )


def journal(run):
    return [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]


def readings(run, signal):
    return [entry["images"] for entry in journal(run) if signal in entry.get("signals", {})]


def test_a_run_with_probes_ends_with_the_weights_of_one_without(tmp_path):
    runs = [train(tmp_path / f"{every}", training__probe_every=every) for every in (1, 2, 1000)]
    first, *others = [load_file(outcome.checkpoint) for outcome in runs]
    for other in others:
        assert all(torch.equal(first[name], other[name]) for name in first)


def test_a_probe_comes_at_the_first_cycle_and_then_at_every_so_many(tmp_path):
    train(tmp_path / "run", cycles=7, training__probe_every=3)
    assert readings(tmp_path / "run", "samples/diversity") == [STEP, 4 * STEP, 7 * STEP]
    signals = [entry.get("signals", {}) for entry in journal(tmp_path / "run")]
    probed = next(reading for reading in signals if "samples/diversity" in reading)
    assert {"updates/generator", "updates/efficacy", "separation/memorisation", "condition/accuracy"} <= set(probed)
    assert 0 < probed["updates/generator"] < 1
    assert 0 < probed["updates/discriminator"] < 1


def test_a_wrong_way_is_seen_in_the_efficacy_of_a_step():
    """The same step up instead of down lowers the scores."""
    setup = set_up(
        chosen_recipe("gan", "ring-8", images=640, settings=SMALL | {"discriminator.dropout": 0.0}), "ring-8"
    )
    for rate, sign in ((1.0, 1), (-1.0, -1)):
        state = make_state(setup.recipe, setup.players)
        finish = run_probe(setup)(state)
        latents, weights = torch.randn(64, setup.game.latent_dim), list(state.generator.parameters())
        gain = torch.autograd.grad(state.discriminator(state.generator(latents)).mean(), weights)
        with torch.no_grad():
            for weight, slope in zip(weights, gain, strict=True):
                weight += rate * slope
        assert sign * finish()["updates/efficacy"] > 0
        assert finish()["updates/discriminator"] == 0.0


def test_held_out_samples_are_never_trained_on():
    setup = set_up(chosen_recipe("gan", "digits", images=640, settings=SMALL), "digits")
    probe = run_probe(setup)
    assert enough_held_out(setup)
    held_out, _ = setup.store.batch(setup.held_out_indices)
    for sample in probe.probe.held_out:
        assert (held_out == sample).flatten(1).all(dim=1).any()


def test_where_too_few_are_held_out_nothing_is_said_of_memorisation(tmp_path):
    few = torch.rand(70, 1, 8, 8, generator=torch.Generator().manual_seed(0)).mul(255).to(torch.uint8).numpy()
    settings = SMALL | {"training.probe_every": 1}
    eq.train(few, recipe="gan", out=tmp_path / "run", images=2 * STEP, settings=settings, show_progress=False)
    started = journal(tmp_path / "run")[0]
    assert 70 // 4 < FEWEST_HELD_OUT
    assert started["held_out"] == 0
    assert readings(tmp_path / "run", "samples/diversity")
    assert not readings(tmp_path / "run", "separation/memorisation")
    assert not readings(tmp_path / "run", "separation/held_out_ranking")


@pytest.mark.parametrize(
    "settings",
    [
        {"discriminator.packing": 2},
        {"discriminator.minibatch": "discrimination", "training.micro_batches": 2},
        {"training.precision": "bfloat16", "generator.mode_seeking": 0.1},
        {"objective.name": "relativistic", "objective.real_target": 1.0, "constraints.r1.weight": 0.1},
    ],
    ids=str,
)
def test_every_kind_of_game_can_be_probed(tmp_path, settings):
    settings = SMALL | {"training.probe_every": 2} | settings
    outcome = eq.train(
        "digits", recipe="gan", out=tmp_path / "run", images=4 * STEP, settings=settings, show_progress=False
    )
    assert outcome.finished
    assert len(readings(tmp_path / "run", "gradients/discriminator")) == 2


# ---- the doctor


@pytest.fixture
def strict_doctor(monkeypatch):
    """One that finds harm from the third probe on."""

    def examine(case):
        looks = case.history["samples/diversity"]
        if len(looks) < 3:
            return None
        return Finding(name="too_long", severity=Severity.HARM, symptom="Long enough.", since=int(looks.at[2]))

    rules = (Rule(name="too_long", kind="symptom", examine=examine),)

    def doctor(*arguments, **settings):
        return RunDoctor(*arguments, rules=rules, **settings)

    monkeypatch.setattr(session, "RunDoctor", doctor)


@pytest.mark.usefixtures("strict_doctor")
def test_a_run_is_stopped_with_a_checkpoint_and_can_go_on(tmp_path):
    outcome = train(tmp_path / "run", cycles=9, training__probe_every=2, training__stop_on="harm")
    assert not outcome.finished
    assert outcome.stopped_for.name == "too_long"
    events = [entry for entry in journal(tmp_path / "run") if "event" in entry]
    assert [entry["event"] for entry in events[-2:]] == ["checkpoint", "stopped_by_doctor"]
    assert events[-1] | {"seconds": 0} == {
        "images": 5 * STEP, "seconds": 0, "event": "stopped_by_doctor", "finding": "too_long", "severity": "harm"
    }  # fmt: skip
    (finding,) = [entry["finding"] for entry in events if entry["event"] == "finding"]
    assert (finding["since"], finding["severity"]) == (5 * STEP, "harm")
    assert outcome.checkpoint.name == f"{5 * STEP:012d}.safetensors"


@pytest.mark.usefixtures("strict_doctor")
def test_without_stop_on_a_finding_is_only_told(tmp_path):
    outcome = train(tmp_path / "run", cycles=9, training__probe_every=2)
    assert outcome.finished
    assert outcome.stopped_for is None
    found = [entry for entry in journal(tmp_path / "run") if entry.get("event") == "finding"]
    assert len(found) == 1


@pytest.mark.usefixtures("strict_doctor")
def test_a_resumed_run_does_not_tell_again_what_lasts(tmp_path):
    train(tmp_path / "run", cycles=6, training__probe_every=2)
    eq.resume(tmp_path / "run", images=10 * STEP, show_progress=False)
    found = [entry for entry in journal(tmp_path / "run") if entry.get("event") == "finding"]
    assert len(found) == 1


@pytest.mark.usefixtures("strict_doctor")
def test_a_finding_is_shown_once_while_the_run_goes_on(tmp_path, capsys):
    settings = SMALL | {"training.probe_every": 2}
    eq.train("digits", recipe="gan", out=tmp_path / "run", images=12 * STEP, settings=settings)
    assert capsys.readouterr().err.count("Doctor: Long enough. (harm: too_long, since 80 images)") == 1
