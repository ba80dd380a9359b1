"""docs/facts.md is what the vocabulary says now."""

from pathlib import Path

from equipoise.core.vocabulary import OTHER_NAMES, VOCABULARY
from equipoise.core.vocabulary_page import page

PAGE = Path(__file__).parents[2] / "docs" / "facts.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m equipoise.core.vocabulary_page > docs/facts.md"


def test_every_fact_and_every_other_name_is_on_it():
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in (*VOCABULARY, *OTHER_NAMES) if f"`{name}`" not in text] == []
