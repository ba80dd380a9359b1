"""How findings are printed, told as JSON and turned into an exit status."""

import json

import pytest

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.reports.findings import as_json, exit_status, rendered


def finding(severity: Severity, name: str = "thing", **more) -> Finding:
    return Finding(name=name, severity=severity, symptom=f"Symptom of {name}.", **more)


@pytest.mark.parametrize(
    ("severities", "status"),
    [
        ([], 0),
        ([Severity.NOTE, Severity.REASSURANCE], 0),
        ([Severity.NOTE, Severity.RISK], 3),
        ([Severity.RISK, Severity.HARM], 4),
        ([Severity.HARM, Severity.WIRING, Severity.RISK], 5),
    ],
)
def test_the_status_is_that_of_the_worst(severities, status):
    assert exit_status([finding(severity) for severity in severities]) == status


def test_json_is_strict_and_complete():
    whole = finding(
        Severity.HARM,
        since=7,
        evidence=(Evidence(statement="s", signal="a/b", value=float("inf"), threshold=1.0, first=1, last=2),),
        causes=(Cause(name="c", text="why"),),
        remedies=(Remedy(text="do", setting="lr=1"),),
        ruled_out=("not this",),
        measure_next=("that",),
    )
    told = json.loads(json.dumps(as_json(whole), allow_nan=False))
    assert told["severity"] == "harm"
    assert told["evidence"][0] == {
        "statement": "s", "signal": "a/b", "value": "inf", "threshold": 1.0, "first": 1, "last": 2,
    }  # fmt: skip
    assert told["causes"] == [{"name": "c", "text": "why"}]
    assert told["remedies"] == [{"text": "do", "setting": "lr=1"}]
    assert (told["ruled_out"], told["measure_next"]) == (["not this"], ["that"])
    assert (told["since"], told["page"]) == (7, "docs/failures/thing.md")


def test_the_worst_comes_first_and_comfort_last():
    text = rendered([finding(Severity.REASSURANCE, "calm"), finding(Severity.RISK, "worry"), finding(Severity.WIRING)])
    places = [text.index(f"Symptom of {name}.") for name in ("thing", "worry")]
    assert places == sorted(places)
    assert text.index("Looks alarming, is normal") < text.index("Symptom of calm.")
    assert text.index("Symptom of worry.") < text.index("Looks alarming, is normal")


def test_lines_fit_the_terminal_and_colour_is_asked_for(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    long = finding(Severity.HARM, explanation="word " * 60, remedies=(Remedy(text="a " * 50), Remedy(text="b")))
    plain = rendered([long], coloured=False)
    assert max(map(len, plain.splitlines())) <= 60
    assert "\033" not in plain
    assert "1. a" in plain
    assert "2. b" in plain
    painted = rendered([long], coloured=True)
    assert painted.startswith("\033[31mHARM\033[0m")
    assert painted.replace("\033[31m", "").replace("\033[0m", "") == plain


def test_nothing_found_is_nothing_printed():
    assert rendered([]) == ""
