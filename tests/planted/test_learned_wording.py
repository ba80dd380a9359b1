"""The model of wording that comes with the package is read as it was learned, and from the texts that are there."""

import numpy as np
from benchmarks.doctor.threads.casebook import casebook
from benchmarks.doctor.threads.learn import (
    WORDINGS,
    Learner,
    digest_of_texts,
    in_place,
    text_of,
    told_in,
    wordings,
)
from safetensors import safe_open

from equipoise.core.failures import FAILURES
from equipoise.intake.note_resemblance import HEALTHY, MODEL, learned


def test_the_package_ranks_texts_as_the_model_that_was_learned_does():
    learner = Learner([*wordings()[::7], *map(told_in, casebook("fresh"))])
    unseen = [text_of(thread) for thread in casebook("blind")[:40]]
    with in_place(learner):
        for text, scores in zip(unseen, learner.scores(unseen), strict=True):
            told = dict(learned().ranked(text))
            assert list(told) == sorted(told, key=lambda name: -told[name])
            assert np.abs(np.array([told[name] for name in learner.names]) - scores).max() < 0.02


def test_the_packages_model_was_learned_from_the_texts_that_are_here():
    with safe_open(MODEL, framework="numpy") as file:
        assert file.metadata()["texts"] == digest_of_texts(), "run python -m benchmarks.doctor.threads.learn"


def test_every_file_of_wordings_is_of_a_failure_and_has_no_text_twice():
    assert {path.stem for path in WORDINGS.glob("*.txt")} - {HEALTHY} <= set(FAILURES)
    texts = [telling.text for telling in wordings()]
    assert len(set(texts)) == len(texts)
    assert all(len(text.split()) >= 5 for text in texts)
