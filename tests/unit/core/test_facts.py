"""Facts as people give them, and what is said of those that cannot be."""

import pytest

from equipoise.core.errors import SettingError
from equipoise.core.facts import Facts, parsed_fact


@pytest.mark.parametrize(
    ("name", "text", "facts"),
    [
        ("lambda_gp", "10", {"penalty_weight": 10.0}),
        ("Penalty-Weight", " 1e1 ", {"penalty_weight": 10.0}),
        ("nan_seen", "yes", {"nan_seen": True}),
        ("discriminator_output", "Leaky-Relu", None),
        ("discriminator_output", "Sigmoid", {"discriminator_output": "sigmoid"}),
        ("lr", "2e-4", {"generator_learning_rate": 2e-4, "discriminator_learning_rate": 2e-4}),
        ("spoken_of", "momentum, unsafe_norm", {"spoken_of": "momentum, unsafe_norm"}),
        ("spoken_of", "momentum, bad_luck", None),
        ("spoken_of", "", None),
        ("nan_seen", "perhaps", None),
        ("lambda_gp", "nan", None),
        ("lambda_gp", "inf", None),
        ("lambda_gp", "ten", None),
    ],
)
def test_a_fact_is_read_under_its_own_name_or_the_error_says_what_it_may_be(name, text, facts):
    if facts is not None:
        assert parsed_fact(name, text) == facts
        return
    with pytest.raises(SettingError, match="must be"):
        parsed_fact(name, text)


def test_an_unknown_fact_is_told_with_near_ones():
    with pytest.raises(SettingError, match="penalty_weight"):
        parsed_fact("penalty_wieght", "10")


def test_several_names_keep_their_order():
    facts = Facts({"spoken_of": "momentum, unsafe_norm"})
    assert facts.names("spoken_of") == ("momentum", "unsafe_norm")
    assert Facts({}).names("spoken_of") == ()
