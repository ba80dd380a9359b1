"""The model of wording that comes with the package is what its texts give."""

import numpy as np
import pytest
from benchmarks.doctor.threads.casebook import OPENED, casebook
from benchmarks.doctor.threads.learn import WORDINGS, Learner, text_of, told_in, wordings

from equipoise.core.failures import FAILURES
from equipoise.intake.note_resemblance import HEALTHY, learned


@pytest.fixture(scope="module")
def learner():
    return Learner([*wordings(), *map(told_in, casebook(*OPENED))])


def test_the_package_ranks_texts_as_the_model_just_learned_does(learner):
    threads = casebook("blind")
    for thread, scores in zip(threads, learner.scores([text_of(thread) for thread in threads]), strict=True):
        told = dict(learned().ranked(text_of(thread)))
        assert list(told) == sorted(told, key=lambda name: -told[name])
        assert np.abs(np.array([told[name] for name in learner.names]) - scores).max() < 0.02


def test_every_file_of_wordings_is_of_a_failure_and_has_no_text_twice():
    assert {path.stem for path in WORDINGS.glob("*.txt")} - {HEALTHY} <= set(FAILURES)
    texts = [telling.text for telling in wordings()]
    assert len(set(texts)) == len(texts)
    assert all(len(text.split()) >= 5 for text in texts)
