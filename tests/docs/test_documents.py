"""What the documents show is run; what they name exists."""

import re
from pathlib import Path

import pytest

from equipoise.constraints import CONSTRAINTS
from equipoise.objectives import OBJECTIVES

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def python_blocks(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_the_code_of_the_extension_page_runs_from_top_to_bottom(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(OBJECTIVES, "confident_non_saturating", None)
    monkeypatch.setitem(CONSTRAINTS, "gradient_at_both", None)
    code = "\n\n".join(python_blocks(ROOT / "docs" / "extend.md"))
    names: dict[str, object] = {"__name__": "extend"}
    exec(compile(code.replace("20_000", "2_000"), "docs/extend.md", "exec"), names)
    assert names["outcome"].finished
    assert names["stripes"].shape == (4, 1, 8, 8)
    journal = (tmp_path / "stripes-run" / "journal.jsonl").read_text()
    assert "penalty/gradient_at_both" in journal
    assert "probability/real" in journal


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_a_document_links_to_exists(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert [target for target in targets if target and not (page.parent / target).exists()] == []


@pytest.mark.parametrize("number", range(2))
def test_the_python_examples_of_the_readme_run(number, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = python_blocks(ROOT / "README.md")[number]
    names: dict[str, object] = {}
    exec(compile(re.sub(r"images=\d+_000", "images=640", code), "README.md", "exec"), names)
    assert list(tmp_path.glob("*-run/generator.safetensors"))
    if number == 0:
        assert names["sevens"].shape == (16, 1, 8, 8)


def test_the_example_of_the_check_page_finds_both_of_its_mistakes():
    names: dict[str, object] = {}
    exec(compile(python_blocks(ROOT / "docs" / "check.md")[0], "docs/check.md", "exec"), names)
    assert {"squashed_critic", "penalty_interpolation"} <= {finding.name for finding in names["report"].findings}


def test_the_example_of_the_watch_page_names_its_planted_mistake(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(python_blocks(ROOT / "docs" / "watch.md")[0], "docs/watch.md", "exec"), names)
    told = re.findall(r"```text\n(.*?)```", (ROOT / "docs" / "watch.md").read_text(), flags=re.DOTALL)[0]
    shown = capsys.readouterr()
    assert told in shown.err
    assert "penalty_not_wired" in shown.out
    assert names["watch"].exit_status == 5
    assert len((tmp_path / "watch.jsonl").read_text().splitlines()) >= 3
