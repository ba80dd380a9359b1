"""What a sentence alone proves is believed if the text as a whole sounds like it."""

import pytest
import yaml

from equipoise.core.records import Severity
from equipoise.reports.diagnosis import diagnose_log, given_facts


@pytest.fixture
def told(tmp_path):
    def diagnosed(notes, *facts):
        log, file = tmp_path / "train.log", tmp_path / "facts.yaml"
        log.write_text("", encoding="utf-8")
        file.write_text(yaml.safe_dump({"notes": notes}), encoding="utf-8")
        return {one.name: one for one in diagnose_log(log, given=given_facts(None, facts), facts_file=file).findings}

    return diagnosed


def test_a_proof_that_the_wording_does_not_bear_out_is_a_risk(told):
    found = told("The generator is not updated.", "spoken_of=momentum")
    assert found["frozen_generator"].severity is Severity.RISK
    assert found["frozen_generator"].confidence == 0.5


def test_a_proof_that_the_wording_bears_out_stays_one(told):
    found = told("The generator is not updated.", "spoken_of=momentum, frozen_generator", "calm=-0.2")
    assert found["frozen_generator"].severity is Severity.WIRING
    assert found["frozen_generator"].confidence == 1.0


@pytest.mark.parametrize(("calm", "severity"), [(-0.3, Severity.HARM), (-0.05, Severity.RISK), (0.2, Severity.RISK)])
def test_what_is_told_in_calm_words_harms_nobody_yet(told, calm, severity):
    found = told("The samples are noise.", "spoken_of=momentum", f"calm={calm}")
    assert found["reported_samples"].severity is severity


def test_what_was_given_stays_harm_however_calm_the_words(told):
    found = told("A question.", "samples=noise", "calm=0.5")
    assert found["reported_samples"].severity is Severity.HARM


def test_a_fact_that_was_given_needs_no_bearing_out(told):
    found = told("Everything is said.", "generator_moves=false", "spoken_of=momentum")
    assert found["frozen_generator"].severity is Severity.WIRING


def test_the_worst_finding_still_comes_first(told):
    found = told("The generator is not updated. The samples are noise.", "spoken_of=momentum", "calm=-0.3")
    ranks = [finding.severity.rank for finding in found.values()]
    assert ranks == sorted(ranks)
    assert next(iter(found)) == "reported_samples"
