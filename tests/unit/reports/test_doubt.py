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
    found = told("The generator is not updated.", "spoken_of=momentum, frozen_generator")
    assert found["frozen_generator"].severity is Severity.WIRING
    assert found["frozen_generator"].confidence == 1.0


def test_a_fact_that_was_given_needs_no_bearing_out(told):
    found = told("Everything is said.", "generator_moves=false", "spoken_of=momentum")
    assert found["frozen_generator"].severity is Severity.WIRING


def test_the_worst_finding_still_comes_first(told):
    found = told("The generator is not updated. The samples are noise.", "spoken_of=momentum")
    ranks = [finding.severity.rank for finding in found.values()]
    assert ranks == sorted(ranks)
    assert next(iter(found)) == "reported_samples"
