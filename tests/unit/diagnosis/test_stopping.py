"""Where the doctor would have stopped a run, and what it says of harm that has passed."""

import numpy as np

from equipoise.core.facts import Facts
from equipoise.core.history import history_of
from equipoise.core.records import Severity
from equipoise.diagnosis import earlier_harm, examine, would_stop_at

FACTS = Facts({"objective": "hinge"})
LOOKS = np.arange(200)


def course(losses, **others):
    rows = [
        (int(at), {"loss/discriminator": float(loss), **{name: float(values[at]) for name, values in others.items()}})
        for at, loss in zip(LOOKS, losses, strict=True)
    ]
    return history_of(rows, planned=200)


def test_a_run_is_stopped_soon_after_its_harm_begins_and_never_before():
    history = course(np.where(LOOKS < 60, 1.5, 0.01))
    stop = would_stop_at(FACTS, history)
    assert stop is not None
    assert 60 < stop < 90
    assert would_stop_at(FACTS, course(np.full(200, 1.2))) is None


def test_the_replay_sees_only_what_was_known_then():
    losses = np.where(LOOKS < 60, 1.5, 0.01)
    changed_later = np.where(LOOKS < 150, losses, 1.7)
    assert would_stop_at(FACTS, course(losses)) == would_stop_at(FACTS, course(changed_later))


def test_harm_that_has_passed_is_told_unless_the_samples_recovered():
    losses = np.where((LOOKS > 60) & (LOOKS < 150), 0.01, 1.7)
    history = course(losses)
    stop = would_stop_at(FACTS, history)
    assert all(finding.severity is not Severity.HARM for finding in examine(FACTS, history))
    (told,) = earlier_harm(FACTS, history, stop)
    assert told.name == "discriminator_dominates"
    assert told.symptom.startswith(f"Earlier, at {stop} images")
    recovered = course(losses, **{"quality/fid": np.concatenate([np.linspace(90, 60, 100), np.linspace(60, 20, 100)])})
    assert earlier_harm(FACTS, recovered, stop) == ()


def test_another_severity_can_be_asked_for():
    history = history_of([(at, {"lipschitz/mean": 9.0}) for at in range(100)])
    facts = Facts({"objective": "wasserstein", "penalty": "gradient_penalty"})
    assert would_stop_at(facts, history) is None
    assert would_stop_at(facts, history, on=Severity.RISK) is not None
