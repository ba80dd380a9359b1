"""Facts as people write them down."""

import pytest

from equipoise.core.errors import DataError
from equipoise.intake import read_facts_file

YAML = """
objective: wgan-gp
lambda_gp: 1e1
learning-rate: 1e-4        # of both players
critic:
  learning-rate: 2e-4
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
        "generator_learning_rate": 1e-4, "discriminator_learning_rate": 2e-4, "discriminator_output": "sigmoid",
        "spectral_norm": False,
    }  # fmt: skip
    assert read.unknown == {"critic/colour": "red"}
    assert read.notes == ("The samples look like noise.", "I use BatchNorm in the critic.")


def test_what_the_vocabulary_lacks_is_text_too(tmp_path):
    read = read_facts_file(write(tmp_path, "symptom: all pictures look the same\nlayers/up: 4\nnotes: It collapsed."))
    assert read.unknown == {"symptom": "all pictures look the same", "layers/up": "4"}
    assert read.notes == ("It collapsed.",)
    assert read.text == "It collapsed.\nsymptom: all pictures look the same\nlayers up: 4"


def test_what_is_denied_under_an_unknown_name_is_not_heard_as_said(tmp_path):
    read = read_facts_file(write(tmp_path, "self_attention: no\nattention_in_critic: False\n"))
    assert list(read.unknown) == ["self_attention", "attention_in_critic"]
    assert read.text == ""


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("generator: {last_activation: tanh}", {"generator_output": "tanh"}),
        ("netD: {optimizer: SGD, dropout: 0.3}", {"discriminator_optimizer": "sgd", "discriminator_dropout": 0.3}),
        ("penalty: {weight: 10}", {"penalty_weight": 10.0}),
        ("optimizer: {lr: 1e-4}", {"generator_learning_rate": 1e-4, "discriminator_learning_rate": 1e-4}),
        ("generator: {last_activation: softmax}", {}),
        ("data: {size: 64}", {"image_size": 64.0}),
    ],
)
def test_a_section_that_speaks_of_a_player_is_not_taken_for_the_other(tmp_path, text, facts):
    assert dict(read_facts_file(write(tmp_path, text)).facts) == facts


def test_json_is_yaml(tmp_path):
    read = read_facts_file(write(tmp_path, '{"objective": "hinge", "conditional": true, "notes": "It collapsed."}'))
    assert dict(read.facts) == {"objective": "hinge", "conditional": True}
    assert read.notes == ("It collapsed.",)


def test_bare_text_is_a_note(tmp_path):
    assert read_facts_file(write(tmp_path, "My critic ends in a sigmoid")).notes == ("My critic ends in a sigmoid",)


def test_an_empty_file_says_nothing(tmp_path):
    assert not read_facts_file(write(tmp_path, "")).facts


def test_a_value_that_a_fact_cannot_have_is_listed_and_heard(tmp_path):
    read = read_facts_file(write(tmp_path, "penalty_weight: much\nbatch_size: 16"))
    assert dict(read.facts) == {"batch_size": 16.0}
    assert read.unknown == {"penalty_weight": "much"}
    assert read.text == "penalty weight: much"


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


def test_text_with_colons_is_told_where_it_goes(tmp_path):
    with pytest.raises(DataError, match=r"`notes: \|`"):
        read_facts_file(write(tmp_path, "notes: it fails: nothing helps"))
    assert read_facts_file(write(tmp_path, "notes: |\n  it fails: nothing helps")).notes == ("it fails: nothing helps",)
