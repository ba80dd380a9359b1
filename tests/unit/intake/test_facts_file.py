"""Facts as people write them down."""

import pytest

from equipoise.core.errors import DataError, SettingError
from equipoise.intake import read_facts_file

YAML = """
objective: wgan-gp
lambda_gp: 1e1
critic:
  learning-rate: 2e-4      # of both players
  last_activation: sigmoid
  colour: red
spectral_norm: no
notes:
  - The samples look like noise.
  - I use BatchNorm in the critic.
"""


def write(tmp_path, text: str):
    path = tmp_path / "facts.yaml"
    path.write_text(text)
    return path


def test_sections_other_names_and_notes(tmp_path):
    read = read_facts_file(write(tmp_path, YAML))
    assert dict(read.facts) == {
        "objective": "wasserstein", "penalty": "gradient_penalty", "penalty_weight": 10.0,
        "generator_learning_rate": 2e-4, "discriminator_learning_rate": 2e-4, "discriminator_output": "sigmoid",
        "spectral_norm": False,
    }  # fmt: skip
    assert read.unknown == ("critic/colour",)
    assert read.notes == ("The samples look like noise.", "I use BatchNorm in the critic.")


def test_a_sentence_under_an_unknown_name_is_a_note_too(tmp_path):
    read = read_facts_file(write(tmp_path, "symptom: all pictures look the same\nframework: plain pytorch\n"))
    assert read.unknown == ("symptom", "framework")
    assert read.notes == ("all pictures look the same",)


def test_json_is_yaml(tmp_path):
    read = read_facts_file(write(tmp_path, '{"objective": "hinge", "conditional": true, "notes": "It collapsed."}'))
    assert dict(read.facts) == {"objective": "hinge", "conditional": True}
    assert read.notes == ("It collapsed.",)


def test_bare_text_is_a_note(tmp_path):
    assert read_facts_file(write(tmp_path, "My critic ends in a sigmoid")).notes == ("My critic ends in a sigmoid",)


def test_an_empty_file_says_nothing(tmp_path):
    assert not read_facts_file(write(tmp_path, "")).facts


def test_a_wrong_value_names_the_file(tmp_path):
    with pytest.raises(SettingError, match=r"facts.yaml: .*penalty_weight.*'much'"):
        read_facts_file(write(tmp_path, "penalty_weight: much"))


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
        "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
        "e: [*d, *d, *d, *d, *d, *d, *d, *d, *d]\n",
        "a: &a [*a]",
        "[" * 5000,
        "key: [unclosed",
        "x: " + "y" * (2 << 20),
    ],
    ids=["aliases", "itself", "deep", "broken", "large"],
)
def test_bombs_and_broken_files_are_refused(tmp_path, text):
    with pytest.raises(DataError):
        read_facts_file(write(tmp_path, text))


def test_nothing_is_ever_constructed(tmp_path):
    read = read_facts_file(write(tmp_path, "objective: !!python/object/apply:os.getcwd []\nlr: 1"))
    assert "objective" not in read.facts


def test_a_missing_file(tmp_path):
    with pytest.raises(DataError, match="Cannot read the facts"):
        read_facts_file(tmp_path / "none.yaml")
