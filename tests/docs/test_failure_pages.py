"""Every failure has a page, every page a failure, and every cause that a person's report may have leads to one."""

import ast
from pathlib import Path

import pytest

from equipoise.core.failures import FAILURES as NAMES
from equipoise.diagnosis.catalogue import RULES
from equipoise.diagnosis.observations import LOSSES, SAMPLES

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {page.stem: page for page in (DOCS / "failures").glob("*.md")}
FAILURES = {rule.name for rule in RULES if rule.kind != "reassurance"}
NORMAL = {rule.name for rule in RULES if rule.kind == "reassurance"}
SECTIONS = ["What you see", "Why", "How we tell", "What to do", "What it is not"]


def test_every_failure_has_a_page_and_every_page_a_failure():
    assert sorted(FAILURES - set(PAGES)) == []
    assert sorted(set(PAGES) - FAILURES) == []


def test_everything_that_only_looks_bad_is_on_its_page():
    text = (DOCS / "normal.md").read_text(encoding="utf-8")
    assert sorted(name for name in NORMAL if f"`{name}`" not in text) == []


def test_what_a_person_saw_is_explained_by_what_has_a_page():
    suspects = {suspect.name for seen in (*SAMPLES.values(), *LOSSES.values()) for suspect in seen.suspects}
    assert sorted(suspects - FAILURES - NORMAL) == []


def test_the_list_of_failures_is_that_of_the_pages():
    assert list(NAMES) == sorted(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_answers_the_five_questions_and_says_its_failure(name):
    text = PAGES[name].read_text(encoding="utf-8")
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert headings == SECTIONS
    assert text.startswith("# ")


def test_every_cause_that_a_rule_names_is_a_failure_with_a_page():
    named = set()
    for source in (DOCS.parent / "src" / "equipoise" / "diagnosis").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Cause":
                named |= {word.value.value for word in node.keywords if word.arg == "name" and _is_text(word.value)}
    assert len(named) > 20
    assert sorted(named - FAILURES) == []


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
