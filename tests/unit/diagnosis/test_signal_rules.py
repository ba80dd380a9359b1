"""Every rule on signals: histories that it must name, beside histories much like them that it must leave alone."""

from dataclasses import replace

import numpy as np
import pytest

from equipoise.core.facts import Facts
from equipoise.core.history import history_of
from equipoise.core.records import Severity
from equipoise.diagnosis import RULES, examine
from equipoise.diagnosis.played import MECHANISMS, REASSURANCES, SYMPTOMS

RNG = np.random.default_rng(7)
LOOKS = 60
STEP = 100
SHARE = np.linspace(0.0, 1.0, LOOKS)
CALM = np.zeros(LOOKS)


def wobbling(level, spread=0.02):
    """A level with a little noise, as long as the history."""
    return np.broadcast_to(level, (LOOKS,)) + RNG.normal(0.0, spread, LOOKS)


def played(facts, **signals):
    """A history of 60 looks; `logits__scale` stands for `logits/scale`."""
    named = {name.replace("__", "/"): np.asarray(values, dtype=float) for name, values in signals.items()}
    readings = [(look * STEP, {name: values[look] for name, values in named.items()}) for look in range(LOOKS)]
    return Facts(facts), history_of(readings, planned=LOOKS * STEP)


def found(facts, history):
    return {finding.name: finding for finding in examine(facts, history)}


NS = {"objective": "non_saturating"}
MM = {"objective": "minimax"}
HINGE = {"objective": "hinge", "spectral_norm": True}
GP = {"objective": "wasserstein", "penalty": "gradient_penalty", "penalty_weight": 10.0}
CLIP = {"objective": "wasserstein", "penalty": "none", "clip_value": 0.01}
CLASSES = {"objective": "non_saturating", "conditional": True, "classes": 10.0}
STALLED = np.full(LOOKS, 0.5)
FALLING = np.geomspace(1.0, 0.1, LOOKS)

SICK = {
    "discriminator_dominates": [
        (NS, {"loss__discriminator": np.geomspace(1.4, 0.002, LOOKS), "loss__generator": SHARE * 9}),
        (HINGE, {"loss__discriminator_total": np.where(SHARE < 0.1, 2.0, 0.01)}),
        (NS, {"probability__real": wobbling(0.995, 0.001), "probability__fake": wobbling(0.004, 0.001)}),
        (NS, {"accuracy__discriminator": wobbling(0.999, 0.0005)}),
        (NS, {"loss__discriminator": np.geomspace(1.4, 0.002, LOOKS), "samples__sliced_wasserstein": STALLED}),
    ],
    "discriminator_fooled": [
        (NS, {"loss__discriminator": wobbling(2.5), "loss__generator": wobbling(0.02, 0.005)}),
        (NS, {"probability__fake": wobbling(0.97, 0.005)}),
    ],
    "one_sided_discriminator": [
        (NS, {"accuracy__real": wobbling(0.01, 0.003), "accuracy__fake": wobbling(0.99, 0.003)}),
        (NS, {"loss__discriminator_real": wobbling(3.5), "loss__discriminator_fake": wobbling(0.02, 0.005)}),
    ],
    "no_game": [(NS, {"loss__discriminator": wobbling(1.3863, 0.002), "loss__generator": wobbling(0.693, 0.001)})],
    "loss_floor": [
        (NS, {"loss__discriminator": 1.0064 + 0.38 * np.exp(-SHARE * 12), "loss__generator": wobbling(0.693, 0.002)})
    ],
    "critic_dead": [(CLIP, {"loss__discriminator": wobbling(0.0, 1e-8), "loss__generator": wobbling(0.01, 1e-4)})],
    "critic_runs_away": [(GP, {"loss__discriminator_total": -np.geomspace(1.0, 1e6, LOOKS)})],
    "critic_lags": [
        (GP, {"separation__held_out_ranking": wobbling(0.38)}),
        (GP, {"wasserstein__estimate": wobbling(-1.0, 0.1)}),
    ],
    "lipschitz_violated": [
        (GP, {"lipschitz__mean": wobbling(5.0)}),
        (GP, {"penalty__gradient_penalty": wobbling(30.0)}),
        (GP, {"gradient_norm__gradient_penalty": wobbling(4.0)}),
    ],
    "generator_too_fast": [(NS, {"updates__generator": wobbling(0.2)})],
    "discriminator_too_fast": [(NS, {"updates__discriminator": wobbling(0.2)})],
    "clip_binding": [(CLIP, {"weights__share_at_bound": wobbling(0.96, 0.005)})],
    "clip_never_binds": [(CLIP, {"weights__share_at_bound": CALM})],
    "noisy_gradient": [(NS, {"gradients__agreement": wobbling(0.02)})],
    "saturated_generator": [
        (MM, {"gradients__attenuation": wobbling(0.1, 0.01)}),
        (MM, {"probability__fake": wobbling(0.01, 0.002)}),
    ],
    "saturated_pixels": [
        (NS, {"samples__saturated_share": wobbling(0.7), "samples__saturated_share_of_reals": wobbling(0.2, 0.01)})
    ],
    "discriminator_memorises": [
        (NS, {"separation__memorisation": wobbling(0.7)}),
        (NS, {"separation__sign_of_real": wobbling(0.95, 0.01)}),
    ],
    "degenerate_latents": [({**NS, "latent_dim": 1.0}, {"samples__duplicates": wobbling(0.9)})],
    "spectral_collapse": [(HINGE, {"weights__effective_rank": np.where(SHARE < 0.6, 40.0, 8.0)})],
    "logit_blowup": [
        (NS, {"logits__magnitude": np.linspace(0.5, 12.0, LOOKS)}),
        (NS, {"logits__offset": np.linspace(0.0, -9.0, LOOKS)}),
    ],
    "hunting": [(NS, {"separation__held_out_ranking": 0.5 + 0.4 * np.sin(np.arange(LOOKS) * 0.9)})],
    "checkerboard": [(NS, {"samples__nyquist": wobbling(0.6)})],
    "generator_capacity": [
        (
            {**GP, "generator_parameters": 1e3, "discriminator_parameters": 1e6},
            {"separation__held_out_ranking": wobbling(0.99, 0.003), "samples__sliced_wasserstein": STALLED},
        )
    ],
    "mode_collapse": [
        (NS, {"samples__diversity": wobbling(0.1)}),
        (NS, {"samples__duplicates": wobbling(0.6)}),
        (NS, {"samples__variance_ratio": wobbling(0.03, 0.005)}),
    ],
    "missing_modes": [(NS, {"samples__recall": wobbling(0.3)})],
    "samples_explode": [
        (GP, {"samples__mean_shift": np.geomspace(0.3, 80.0, LOOKS)}),
        (GP, {"samples__variance_ratio": np.geomspace(1.0, 80.0, LOOKS)}),
    ],
    "samples_stall": [(GP, {"samples__marginal_distance": wobbling(0.9)})],
    "samples_scattered": [(GP, {"samples__nearest_ratio": wobbling(6.0)})],
    "samples_fall_short": [
        (NS, {"samples__marginal_distance": wobbling(0.4, 0.01)}),
        (NS, {"samples__variance_ratio": np.linspace(0.2, 0.3, LOOKS)}),  # at this pace it takes another 120 looks
        (NS, {"samples__participation_ratio": 0.3 + 0.02 * (-1.0) ** np.arange(LOOKS)}),
        (NS, {"samples__nearest_ratio": wobbling(0.1, 0.005)}),
    ],
    "reals_apart": [
        (
            {**NS, "dataset_size": 1e6, "batch_size": 64.0},
            {"separation__memorisation": np.where(SHARE < 0.5, 0.5, 0.8)},
        ),
        ({**NS, "dataset_size": 5e3}, {"reals__difference": np.where(SHARE < 0.5, 0.3, 20.0)}),
    ],
    "quality_worsens": [
        (HINGE, {"quality__fid": np.concatenate([np.geomspace(300, 20, 30), np.geomspace(20, 90, 30)])})
    ],
    "label_ignored": [
        (CLASSES, {"condition__generator_response": wobbling(0.0, 0.005)}),
        (CLASSES, {"condition__label_ranking": wobbling(0.5, 0.005)}),
        (CLASSES, {"condition__accuracy": wobbling(0.1, 0.01)}),
        (CLASSES, {"condition__accuracy": wobbling(0.2, 0.01), "condition__accuracy_of_reals": wobbling(0.7)}),
    ],
}

SOUND = {
    "discriminator_dominates": [
        (NS, {"loss__discriminator": wobbling(0.45, 0.1)}),
        (NS, {"loss__discriminator": np.geomspace(1.4, 0.002, LOOKS), "samples__sliced_wasserstein": FALLING}),
        (HINGE, {"loss__discriminator": np.linspace(2.0, 0.25, LOOKS)}),
        (NS, {"probability__real": wobbling(0.85), "probability__fake": wobbling(0.12)}),
        (GP, {"loss__discriminator": wobbling(0.0)}),
    ],
    "discriminator_fooled": [
        (MM, {"loss__discriminator": wobbling(0.02, 0.005), "loss__generator": wobbling(-0.01, 0.005)}),
        (NS, {"loss__discriminator": wobbling(1.2), "loss__generator": wobbling(0.8)}),
    ],
    "one_sided_discriminator": [
        (NS, {"accuracy__real": wobbling(0.99, 0.003), "accuracy__fake": wobbling(0.99, 0.003)}),
        (NS, {"accuracy__real": wobbling(0.3), "accuracy__fake": wobbling(0.97, 0.003)}),
        (NS, {"loss__discriminator_real": wobbling(0.02, 0.005), "loss__discriminator_fake": wobbling(0.02, 0.005)}),
        (HINGE, {"loss__discriminator_real": wobbling(3.5), "loss__discriminator_fake": wobbling(0.02, 0.005)}),
    ],
    "no_game": [
        (NS, {"loss__discriminator": np.where(SHARE < 0.2, 0.6, 1.386)}),
        (HINGE, {"loss__discriminator": np.where(SHARE < 0.15, 2.0, 2.0 - SHARE)}),
    ],
    "loss_floor": [(NS, {"loss__discriminator": wobbling(1.006, 0.1), "loss__generator": wobbling(0.9)})],
    "critic_dead": [(GP, {"loss__discriminator": wobbling(-0.01, 0.01), "loss__generator": wobbling(100.0)})],
    "critic_runs_away": [
        (GP, {"wasserstein__estimate": 500 * np.exp(-SHARE * 4) + 20, "loss__generator": np.linspace(0, 5000, LOOKS)}),
        (GP, {"wasserstein__estimate": np.linspace(4000, 5000, LOOKS)}),
    ],
    "critic_lags": [(GP, {"separation__held_out_ranking": wobbling(0.55)}), (NS, {"wasserstein__estimate": -SHARE})],
    "lipschitz_violated": [(GP, {"lipschitz__mean": wobbling(1.8)}), (CLIP, {"lipschitz__mean": wobbling(200.0)})],
    "generator_too_fast": [(NS, {"updates__generator": wobbling(0.02, 0.002)})],
    "discriminator_too_fast": [(CLIP, {"updates__discriminator": wobbling(0.08, 0.002)})],
    "clip_binding": [(CLIP, {"weights__share_at_bound": wobbling(0.4)})],
    "clip_never_binds": [(CLIP, {"weights__share_at_bound": np.where(SHARE < 0.2, 0.0, 0.3)})],
    "noisy_gradient": [(NS, {"gradients__agreement": wobbling(0.4)})],
    "saturated_generator": [(NS, {"gradients__attenuation": wobbling(0.1, 0.01)})],
    "saturated_pixels": [
        (NS, {"samples__saturated_share": wobbling(0.1), "samples__saturated_share_of_reals": wobbling(0.05, 0.01)}),
        (NS, {"samples__saturated_share": wobbling(0.8), "samples__saturated_share_of_reals": wobbling(0.69, 0.01)}),
        (NS, {"samples__saturated_share": wobbling(0.8)}),
    ],
    "discriminator_memorises": [(NS, {"separation__memorisation": wobbling(0.53)})],
    "degenerate_latents": [({**NS, "latent_dim": 64.0}, {"samples__duplicates": wobbling(0.05, 0.01)})],
    "spectral_collapse": [
        (HINGE, {"weights__effective_rank": np.linspace(40.0, 30.0, LOOKS)}),
        (NS, {"weights__effective_rank": np.linspace(40.0, 16.0, LOOKS)}),  # what a conditional game does on its way
    ],
    "logit_blowup": [
        (NS, {"logits__magnitude": wobbling(2.0)}),
        (GP, {"logits__magnitude": wobbling(500.0)}),
    ],
    "hunting": [(NS, {"separation__held_out_ranking": wobbling(0.5, 0.03)})],
    "checkerboard": [(NS, {"samples__nyquist": wobbling(0.1)})],
    "generator_capacity": [(NS, {"separation__held_out_ranking": wobbling(0.99, 0.003)})],
    "mode_collapse": [
        (NS, {"samples__diversity": wobbling(0.8), "samples__variance_ratio": wobbling(0.5)}),
        ({**NS, "latent_dim": 1.0}, {"samples__duplicates": wobbling(0.9)}),
        (CLASSES, {"samples__duplicates": np.where(np.arange(LOOKS) < 24, 0.3, 0.02)}),
    ],
    "missing_modes": [(NS, {"samples__recall": np.where(SHARE < 0.15, 0.1, 0.9)})],
    "samples_explode": [(GP, {"samples__mean_shift": FALLING, "samples__variance_ratio": wobbling(0.6)})],
    "samples_stall": [(GP, {"samples__marginal_distance": FALLING})],
    "samples_fall_short": [
        (NS, {"samples__marginal_distance": wobbling(0.15, 0.01), "samples__variance_ratio": wobbling(0.6)}),
        (NS, {"samples__diversity": np.linspace(0.1, 0.7, LOOKS)}),
        (NS, {"samples__mean_shift": np.where(SHARE < 0.6, 0.9, 0.2)}),
    ],
    "reals_apart": [
        ({**NS, "dataset_size": 1e6, "batch_size": 64.0}, {"separation__memorisation": wobbling(0.58)}),
        ({**NS, "dataset_size": 100.0, "batch_size": 64.0}, {"separation__memorisation": wobbling(0.9)}),
        ({**NS, "dataset_size": 5e3}, {"reals__difference": wobbling(3.0)}),
        ({**NS, "dataset_size": 64.0}, {"reals__difference": wobbling(20.0)}),
    ],
    "samples_scattered": [
        (GP, {"samples__nearest_ratio": np.geomspace(9.0, 2.0, LOOKS)}),
        (GP, {"samples__nearest_ratio": np.geomspace(60.0, 4.6, LOOKS)}),
    ],
    "quality_worsens": [
        (HINGE, {"quality__fid": np.concatenate([np.geomspace(300, 20, 30), wobbling(22, 2)[:30]])}),
        (HINGE, {"quality__fid": np.where(np.arange(LOOKS) == 40, 400.0, 30.0)}),
    ],
    "label_ignored": [
        (CLASSES, {"condition__generator_response": wobbling(0.6), "condition__accuracy": wobbling(0.7)}),
        (CLASSES, {"condition__accuracy": 0.7 * SHARE, "condition__accuracy_of_reals": wobbling(0.7)}),
    ],
}


def cases(table):
    return [
        pytest.param(name, facts, signals, id=f"{name}-{number}")
        for name, histories in table.items()
        for number, (facts, signals) in enumerate(histories)
    ]


@pytest.mark.parametrize(("name", "facts", "signals"), cases(SICK))
def test_a_planted_history_is_named_with_evidence_a_cause_and_a_remedy(name, facts, signals):
    finding = found(*played(facts, **signals))[name]
    assert finding.severity is not Severity.REASSURANCE
    assert finding.evidence
    assert finding.causes
    assert finding.remedies
    assert 0.0 < finding.confidence <= 1.0
    assert finding.since is None or 0 <= finding.since <= LOOKS * STEP


@pytest.mark.parametrize(("name", "facts", "signals"), cases(SOUND))
def test_a_sound_history_much_like_it_is_left_alone(name, facts, signals):
    assert name not in found(*played(facts, **signals))


def test_every_rule_on_signals_is_planted_and_left_alone_somewhere():
    names = {rule.name for rule in (*MECHANISMS, *SYMPTOMS)} - {"sudden_change"}
    assert names == set(SICK) == set(SOUND)


@pytest.mark.parametrize(
    ("course", "jumped"),
    [
        (lambda share: np.where(share < 0.6, 1.0, 1.5), True),
        (lambda share: np.where(share < 0.2, 1.0, 1.5), False),
        (lambda share: 1.0 + 0.6 * share, False),
        (lambda share: np.where(share < 0.6, 1.5, 1.0), False),
    ],
    ids=["late jump", "early jump", "slow rise", "late fall"],
)
def test_a_jump_late_in_a_long_log_is_named(course, jumped):
    share = np.linspace(0.0, 1.0, 500)
    losses = course(share) + RNG.normal(0.0, 0.03, 500)
    history = history_of([(at, {"loss/discriminator": loss}) for at, loss in enumerate(losses)], planned=500)
    findings = found(Facts(HINGE), history)
    assert ("sudden_change" in findings) is jumped
    if jumped:
        assert findings["sudden_change"].since == pytest.approx(300, abs=20)


@pytest.mark.parametrize("position", [0, 17, 59])
def test_one_wild_reading_alarms_nobody(position):
    spike = np.where(np.arange(LOOKS) == position, 1.0, 0.0)
    history = {
        "lipschitz__mean": 1.2 + 100 * spike,
        "updates__generator": 0.01 + spike,
        "samples__mean_shift": 0.2 + 9 * spike,
        "separation__held_out_ranking": 0.7 - 0.7 * spike,
        "samples__diversity": 0.9 - 0.9 * spike,
    }
    assert all(finding.severity.rank >= Severity.NOTE.rank for finding in examine(*played(GP, **history)))


CALMED = {
    "generator_loss_drifts": (GP, {"loss__generator": np.linspace(0.0, -300.0, LOOKS)}),
    "critic_loss_negative": (GP, {"loss__discriminator": wobbling(-5.0)}),
    "critic_loss_rises": (GP, {"loss__discriminator": -(20 * np.exp(-SHARE * 5) + 3)}),
    "early_certainty": None,
    "at_equilibrium": (
        NS,
        {"loss__discriminator": np.where(SHARE < 0.3, 0.7, 1.386), "samples__sliced_wasserstein": FALLING},
    ),
    "soft_penalty": (GP, {"lipschitz__mean": wobbling(1.5), "penalty__gradient_penalty": wobbling(0.2)}),
    "constant_of_its_own": (HINGE, {"lipschitz__mean": wobbling(0.1, 0.01)}),
    "smoothing_caps": ({**NS, "real_target": 0.9}, {"probability__real": wobbling(0.85)}),
    "generator_loss_rises": (
        NS,
        {"loss__generator": np.linspace(1.0, 3.0, LOOKS), "samples__sliced_wasserstein": FALLING},
    ),
    "weights_at_bound": (CLIP, {"weights__share_at_bound": wobbling(0.3)}),
    "batch_norm_allowed": ({**NS, "discriminator_normalisation": "batch"}, {}),
    "changed_game": None,
    "single_spikes": (NS, {"loss__discriminator": wobbling(np.where(np.arange(LOOKS) == 30, 9.0, 1.0))}),
}


@pytest.mark.parametrize("name", [name for name, case in CALMED.items() if case is not None])
def test_what_only_looks_bad_is_explained_and_alarms_nobody(name):
    facts, signals = CALMED[name]
    findings = found(*played(facts, **signals))
    assert findings[name].severity is Severity.REASSURANCE
    assert all(finding.severity.rank >= Severity.NOTE.rank for finding in findings.values())


def test_certainty_at_the_very_beginning_is_explained():
    facts, history = played(NS, loss__discriminator=np.full(LOOKS, 0.01))
    early = history_of([(at, {"loss/discriminator": 0.01}) for at in range(0, 300, 10)], planned=LOOKS * STEP)
    assert set(found(facts, early)) == {"early_certainty"}
    assert found(facts, history)["discriminator_dominates"].severity is Severity.HARM


def test_a_change_of_the_game_starts_every_count_again():
    facts, history = played(NS, updates__generator=np.where(SHARE < 0.5, 0.2, 0.01))
    assert "generator_too_fast" in found(facts, history.until(2_500))
    changed = type(history)(series=history.series, planned=history.planned, changes=(2_600,))
    assert found(facts, changed.until(2_800)).keys() == {"changed_game"}


def test_every_reassurance_is_tried():
    assert {rule.name for rule in REASSURANCES} == set(CALMED)


def test_a_symptom_turns_the_mechanisms_beside_it_from_risk_into_harm_and_takes_them_for_its_causes():
    facts, history = played(GP, lipschitz__mean=wobbling(6.0), samples__mean_shift=np.geomspace(0.5, 50.0, LOOKS))
    names = [finding.name for finding in examine(facts, history)]
    assert names[:2] == ["lipschitz_violated", "samples_explode"]
    findings = found(facts, history)
    assert findings["lipschitz_violated"].severity is Severity.HARM
    assert [cause.name for cause in findings["samples_explode"].causes][:2] == [
        "penalty_not_wired",
        "lipschitz_violated",
    ]
    alone = played(GP, lipschitz__mean=wobbling(6.0))
    assert found(*alone)["lipschitz_violated"].severity is Severity.RISK


def test_names_are_unique():
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))


def test_a_setting_that_was_found_comes_before_what_is_only_possible():
    facts, history = played({**GP, "penalty_weight": 1e4}, separation__held_out_ranking=wobbling(0.3))
    findings = found(facts, history)
    assert findings["penalty_weight"].severity is Severity.RISK
    assert findings["critic_lags"].causes[0].name == "penalty_weight"


def test_a_cause_that_the_facts_rule_out_is_told_as_ruled_out():
    signals = {"probability__fake": wobbling(0.97, 0.005)}
    suspected = found(*played(NS, **signals))["discriminator_fooled"]
    cleared = found(*played({**NS, "discriminator_moves": True}, **signals))["discriminator_fooled"]
    assert suspected.causes[0].name == "frozen_discriminator"
    assert "frozen_discriminator" not in {cause.name for cause in cleared.causes}
    assert any(text.startswith("frozen_discriminator") for text in cleared.ruled_out)


def test_a_label_without_any_effect_is_a_wiring_error_unless_nothing_has_an_effect():
    unplugged = played(CLASSES, condition__generator_response=CALM, samples__diversity=wobbling(0.8))
    assert found(*unplugged)["label_not_wired"].severity is Severity.WIRING
    collapsed = played(CLASSES, condition__generator_response=CALM, samples__diversity=CALM)
    assert "label_not_wired" not in found(*collapsed)


def test_labels_that_stop_to_fit_their_samples_are_suspected_first():
    broken = np.where(SHARE < 0.4, 1.0, 0.5)
    facts, history = played(CLASSES, condition__accuracy=wobbling(0.1, 0.01), condition__accuracy_of_reals=broken)
    assert found(facts, history)["label_ignored"].causes[0].name == "labels_shuffled"


def remembered(share, *, unit, **facts):
    """What is said of 5,900 images or steps in which training samples score above held-out ones in such a share."""
    told, history = played(NS | facts, separation__memorisation=wobbling(share, 0.005))
    return found(told, replace(history, unit=unit)).get("discriminator_memorises")


def test_what_was_hardly_shown_is_not_known_by_heart():
    assert remembered(0.7, unit="images", dataset_size=600.0) is None
    assert remembered(0.7, unit="images", dataset_size=580.0) is not None
    assert remembered(0.7, unit="steps", dataset_size=20_000.0, batch_size=20.0) is None
    assert remembered(0.7, unit="steps", dataset_size=20_000.0, batch_size=20.0, d_steps=5.0) is not None


def test_few_data_that_are_known_by_heart_are_harm():
    assert remembered(0.7, unit="images", dataset_size=64.0).severity is Severity.HARM
    assert remembered(0.62, unit="images", dataset_size=64.0).severity is Severity.RISK
    assert remembered(0.7, unit="steps", dataset_size=5_000.0, batch_size=64.0).severity is Severity.RISK


def test_noise_is_not_blamed_on_a_batch_that_is_large_enough():
    signals = {"gradients__agreement": wobbling(0.02)}
    assert "noisy_gradient" in found(*played(NS | {"batch_size": 63.0}, **signals))
    assert "noisy_gradient" not in found(*played(NS | {"batch_size": 64.0}, **signals))
    assert "noisy_gradient" in found(*played(GP | {"batch_size": 64.0, "discriminator_mixes_samples": True}, **signals))


def test_a_loss_at_chance_is_harm_only_where_samples_suffer_or_nobody_measured_them():
    signals = {"loss__discriminator": wobbling(1.3863, 0.002)}
    assert found(*played(NS, **signals))["no_game"].severity is Severity.HARM
    suffering = signals | {"samples__diversity": wobbling(0.05, 0.005)}
    assert (
        found(*played(NS, **suffering, samples__marginal_distance=wobbling(0.1, 0.001)))["no_game"].severity
        is Severity.HARM
    )
    fine = signals | {"samples__marginal_distance": wobbling(0.1, 0.001)}
    assert found(*played(NS, **fine))["no_game"].severity is Severity.RISK


def test_a_weak_symptom_is_harm_beside_what_is_known_to_spoil_games():
    short = {"samples__marginal_distance": wobbling(0.4, 0.01)}
    assert found(*played(NS, **short))["samples_fall_short"].severity is Severity.RISK
    spoilt = found(*played(NS | {"weight_decay": 1.0}, **short))["samples_fall_short"]
    assert spoilt.severity is Severity.HARM
    assert spoilt.causes[0].name == "weight_decay"
    unusual = NS | {"discriminator_learning_rate": 8e-4, "generator_learning_rate": 1e-4}
    assert found(*played(unusual, **short))["samples_fall_short"].severity is Severity.RISK


def test_a_pace_within_the_noise_is_no_arrival():
    noise = np.tile([0.02, -0.02, 0.01, -0.01, 0.02, -0.02], LOOKS // 6)
    drifting = 0.4 + noise - np.linspace(0.0, 0.09, LOOKS)  # 0.009 in six looks: it would take 30 more
    assert "samples_fall_short" in found(*played(NS, samples__marginal_distance=drifting))
    assert "samples_fall_short" not in found(*played(NS, samples__marginal_distance=drifting - noise))


def test_samples_that_wander_at_first_have_not_stalled():
    facts, history = played(CLASSES, samples__marginal_distance=wobbling(0.9))
    assert "samples_stall" not in found(facts, history.until(24 * STEP))
    assert "samples_stall" in found(facts, history.until(40 * STEP))


def test_samples_in_dense_spots_at_first_have_not_collapsed():
    facts, history = played(CLASSES, samples__duplicates=wobbling(0.6))
    assert "mode_collapse" not in found(facts, history.until(24 * STEP))
    assert "mode_collapse" in found(facts, history.until(45 * STEP))


def test_a_grid_in_the_samples_is_no_cause_of_other_harm():
    facts = {"objective": "non_saturating", "weight_decay": 1.0}
    findings = found(*played(facts, samples__nyquist=wobbling(0.6), samples__diversity=wobbling(0.1)))
    assert findings["mode_collapse"].causes[0].name == "weight_decay"
    assert "checkerboard" not in {cause.name for cause in findings["mode_collapse"].causes}


APART = NS | {"dataset_size": 1e6, "batch_size": 64.0}


def test_a_discriminator_does_not_lag_where_the_reals_set_aside_are_others():
    signals = {"separation__memorisation": wobbling(0.9), "separation__held_out_ranking": wobbling(0.1)}
    findings = found(*played(APART, **signals))
    assert "critic_lags" not in findings
    assert findings["reals_apart"].severity is Severity.HARM
    assert "critic_lags" in found(*played(APART, **signals, separation__ranking=wobbling(0.3)))


def test_reals_that_never_were_alike_are_a_risk_and_no_harm():
    facts = {**NS, "dataset_size": 5e3}
    assert found(*played(facts, reals__difference=wobbling(20.0)))["reals_apart"].severity is Severity.RISK
    drifting = played(facts, reals__difference=np.where(SHARE < 0.5, 0.3, 20.0))
    assert found(*drifting)["reals_apart"].severity is Severity.HARM


def test_labels_are_suspected_where_reals_of_a_conditional_game_are_apart():
    signals = {"separation__memorisation": wobbling(0.9)}
    assert found(*played(APART | CLASSES, **signals))["reals_apart"].causes[0].name == "labels_shuffled"
    assert found(*played(APART, **signals))["reals_apart"].causes[0].name == "unshuffled_data"


def test_samples_that_get_better_too_slowly_to_arrive_excuse_no_certainty():
    certain = {"loss__discriminator": np.geomspace(1.4, 0.002, LOOKS)}
    slow = played(NS, **certain, samples__marginal_distance=np.linspace(0.8, 0.55, LOOKS))
    assert found(*slow)["discriminator_dominates"].severity is Severity.HARM
    fast = played(NS, **certain, samples__marginal_distance=np.linspace(0.8, 0.3, LOOKS))
    assert "discriminator_dominates" not in found(*fast)


@pytest.mark.parametrize(("size", "level", "small"), [(8.0, 0.4, True), (8.0, 0.1, False), (17.0, 0.4, False)])
def test_a_batch_of_eight_is_too_small_where_samples_fall_short(size, level, small):
    facts, history = played(NS | {"batch_size": size}, samples__marginal_distance=np.full(LOOKS, level))
    findings = found(facts, history)
    assert ("small_batch" in findings) is small
    if small:
        assert findings["samples_fall_short"].severity is Severity.HARM
        assert findings["samples_fall_short"].causes[0].name == "small_batch"


def test_a_range_that_the_generator_paints_beyond_the_data_is_a_risk():
    facts = NS | {"data_min": 0.0, "data_max": 1.0, "generator_output": "tanh"}
    assert found(*played(facts, samples__out_of_range=CALM))["data_range"].severity is Severity.NOTE
    assert found(*played(facts, samples__out_of_range=wobbling(0.2)))["data_range"].severity is Severity.RISK


def test_batch_norm_that_is_only_told_is_a_risk_while_a_run_goes_on():
    facts = GP | {"discriminator_normalisation": "batch"}
    signals = {"loss__generator": wobbling(1.0)}
    assert found(*played(facts, **signals))["batch_norm_in_critic"].severity is Severity.RISK
    measured = facts | {"discriminator_mixes_samples": True}
    assert found(*played(measured, **signals))["batch_norm_in_critic"].severity is Severity.WIRING


def test_scattered_samples_of_a_conditional_game_point_to_its_labels():
    signals = {"samples__nearest_ratio": wobbling(6.0)}
    causes = [c.name for c in found(*played(CLASSES | {"batch_size": 128.0}, **signals))["samples_scattered"].causes]
    assert causes[0] == "labels_shuffled"
    assert "noisy_gradient" not in causes
    causes = [c.name for c in found(*played(NS | {"batch_size": 8.0}, **signals))["samples_scattered"].causes]
    assert causes[:2] == ["small_batch", "noisy_gradient"]
