"""The doctor of a run, with rules made for the purpose: what is told, when, and how often."""

import json
from dataclasses import asdict, replace

import pytest

from equipoise.core.facts import Facts
from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.rule import Rule
from equipoise.recipes.doctor import RunDoctor, announcement

LEVELS = {1.0: Severity.NOTE, 2.0: Severity.RISK, 3.0: Severity.HARM}


def named(name):
    """A rule that says of the signal `test/NAME` what its newest value stands for."""

    def examine(case):
        series = case.history[f"test/{name}"]
        if len(series) == 0 or series.last not in LEVELS:
            return None
        since = int(series.at[-1])
        return Finding(name=name, severity=LEVELS[series.last], symptom=f"{name} it is.", since=since)

    return Rule(name=name, kind="mechanism", examine=examine)


def doctor(*rules, **settings):
    return RunDoctor(Facts(), planned=100, rules=rules or (named("a"), named("b")), **settings)


def told(doctor, images, **levels):
    doctor.hear(images, {f"test/{name}": float(level) for name, level in levels.items()})
    return doctor.consult()


def names(consultation):
    return [(finding.name, finding.severity.value) for finding in consultation.begun]


def test_a_finding_is_told_when_it_begins_and_when_it_ends_and_not_between():
    patient = doctor()
    assert names(told(patient, 1, a=0)) == []
    begun = told(patient, 2, a=2)
    assert names(begun) == [("a", "risk")]
    assert begun.announced == ("Doctor: a it is. (risk: a, since 2 images)",)
    quiet = told(patient, 3, a=2)
    assert (quiet.begun, quiet.over, quiet.announced) == ((), (), ())
    assert told(patient, 4, a=0).over == ("a",)
    assert told(patient, 5, a=0).over == ()


def test_worse_is_news_and_milder_is_not():
    patient = doctor()
    told(patient, 1, a=2)
    assert names(told(patient, 2, a=3)) == [("a", "harm")]
    assert names(told(patient, 3, a=2)) == []
    assert names(told(patient, 4, a=3)) == [("a", "harm")]


def test_what_comes_and_goes_is_journalled_each_time_and_announced_once():
    patient = doctor()
    announced = []
    for look, level in enumerate([2, 0, 2, 0, 3, 2, 3]):
        consultation = told(patient, look, a=level)
        announced += consultation.announced
    assert announced == ["Doctor: a it is. (risk: a, since 0 images)", "Doctor: a it is. (harm: a, since 4 images)"]
    assert names(told(doctor(), 9, a=2, b=3)) == [("b", "harm"), ("a", "risk")]


def test_a_note_is_kept_for_the_end():
    patient = doctor()
    assert told(patient, 1, a=1).begun == ()
    told(patient, 2, a=2)
    assert told(patient, 3, a=1).over == ("a",)


@pytest.mark.parametrize(
    ("stop_on", "level", "stops"),
    [("never", 3, False), ("harm", 2, False), ("harm", 3, True), ("risk", 2, True), ("risk", 3, True),
     ("wiring", 3, False), ("risk", 1, False)],
)  # fmt: skip
def test_a_run_is_stopped_for_what_is_bad_enough(stop_on, level, stops):
    finding = told(doctor(stop_on=stop_on), 1, a=level).stop_for
    assert (finding is not None) == stops
    assert finding is None or finding.name == "a"


def test_a_rule_that_fails_is_named_once_and_the_others_go_on():
    def breaks(case):
        raise ZeroDivisionError("no looks")

    patient = doctor(named("a"), Rule(name="broken", kind="symptom", examine=breaks), named("b"))
    first = told(patient, 1, a=2, b=2)
    assert names(first) == [("a", "risk"), ("b", "risk")]
    assert first.trouble == ("The rule broken failed and is left out from here on: ZeroDivisionError: no looks",)
    again = told(patient, 2, a=2, b=3)
    assert names(again) == [("b", "harm")]
    assert again.trouble == ()


def test_a_resumed_doctor_knows_what_the_journal_tells():
    steps = [{"a": 2}, {"a": 2, "b": 3}, {"a": 0, "b": 3}, {"a": 0, "b": 2}, {"a": 3, "b": 2}]
    undisturbed, first, journal = doctor(), doctor(), []
    for look, levels in enumerate(steps[:3]):
        told(undisturbed, look, **levels)
        consultation = told(first, look, **levels)
        signals = {f"test/{name}": float(level) for name, level in levels.items()}
        journal.append({"images": look, "signals": signals})
        for finding in consultation.begun:
            journal.append({"images": look, "signals": {}, "event": "finding", "finding": asdict(finding)})
        for name in consultation.over:
            journal.append({"images": look, "signals": {}, "event": "finding_over", "finding": name})
    resumed = doctor()
    resumed.recall(json.loads(json.dumps(journal)))
    for look, levels in enumerate(steps[3:], start=3):
        assert told(resumed, look, **levels) == told(undisturbed, look, **levels)


def test_an_announcement_has_the_first_remedy():
    finding = Finding(
        name="a", severity=Severity.RISK, symptom="It is so.", remedies=(Remedy(text="do", setting="x=1"),)
    )
    assert announcement(finding) == ("Doctor: It is so. (risk: a)", "        try: do: x=1")
    assert announcement(replace(finding, remedies=())) == ("Doctor: It is so. (risk: a)",)
