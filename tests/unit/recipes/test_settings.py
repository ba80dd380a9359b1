"""Changing a recipe by dotted keys, from the command line and from Python."""

import json
from dataclasses import asdict, replace

import pytest

import equipoise as eq
from equipoise.core.errors import SettingError
from equipoise.recipes.override import overridden, parsed_settings, setting_keys, validated
from equipoise.recipes.rehearsal import settings_text


def changed(name, **settings):
    return overridden(eq.preset(name), settings)


def test_a_value_of_every_kind_can_be_set_from_text():
    pairs = ["training.batch_size=32", "generator.betas=0.1,0.9", "generator.hidden=64, 128", "generator.width=none"]
    pairs += [
        "discriminator.hidden=8",
        "training.trackers=",
        "training.decay=linear",
        "discriminator.spectral_norm=true",
    ]
    pairs += ["conditioning=none", "constraints.r1.weight=5", "constraints.gradient_penalty=none"]
    recipe = overridden(eq.preset("wgan-gp"), parsed_settings(pairs))
    assert recipe.training.batch_size == 32
    assert recipe.generator.betas == (0.1, 0.9)
    assert recipe.generator.hidden == (64, 128)
    assert recipe.generator.width is None
    assert recipe.discriminator.hidden == (8,)
    assert recipe.training.trackers == ()
    assert recipe.training.decay == "linear"
    assert recipe.discriminator.spectral_norm is True
    assert recipe.conditioning == "none"
    assert list(recipe.constraints) == ["r1"]


def test_a_tuple_of_words_is_split_at_commas():
    assert changed("gan", **{"training.trackers": "tensorboard, wandb"}).training.trackers == ("tensorboard", "wandb")


def test_constraints_are_added_by_their_weight_changed_and_removed():
    added = changed("gan", **{"constraints.r1.weight": 5.0, "constraints.r1.every": 16})
    assert asdict(added)["constraints"] == {"r1": {"weight": 5.0, "every": 16}}
    assert overridden(added, {"constraints.r1.every": 4}).constraints["r1"].weight == pytest.approx(5.0)
    assert overridden(added, {"constraints.r1": None}).constraints == {}
    assert overridden(added, {"constraints.r2": None}).constraints == added.constraints


def test_a_constraint_without_a_weight_says_what_is_missing():
    with pytest.raises(SettingError, match=r"`constraints\.r1\.weight` is missing"):
        changed("gan", **{"constraints.r1.every": 4})


def test_a_recipe_is_never_changed_in_place():
    recipe = eq.preset("wgan-gp")
    before = asdict(recipe)
    overridden(recipe, {"constraints.gradient_penalty": None, "training.batch_size": 1})
    assert asdict(recipe) == before


@pytest.mark.parametrize("key", ["generator", "constraints", "constraints.r1", "training"])
def test_a_key_with_settings_of_its_own_cannot_be_set_whole(key):
    with pytest.raises(SettingError, match=rf"`{key}` is 5, but it has settings of its own: write `{key}\.NAME"):
        changed("gan", **{key: 5, f"{key}.width": 3})


@pytest.mark.parametrize("key", ["", ".", "generator.", "generator.width.more", "name.x", "constraints.r1.weight.x"])
def test_a_key_that_leads_nowhere_is_unknown(key):
    with pytest.raises(SettingError, match="Unknown setting"):
        changed("gan", **{key: 3})


def test_a_set_without_an_equals_sign_shows_how_to_write_it():
    with pytest.raises(SettingError, match=r"`--set foo` has no `=`. Write --set KEY=VALUE"):
        parsed_settings(["foo"])


def test_every_key_that_is_listed_can_be_set_to_its_own_value():
    keys = setting_keys()
    assert {"training.batch_size", "constraints.r1.weight", "conditioning", "data.size"} <= set(keys)
    assert len(keys) == len(set(keys))
    document = asdict(changed("wgan-gp", **{f"constraints.{n}.weight": 1.0 for n in ("r1", "r2", "dragan")}))
    for key in keys:
        value = document
        for part in key.split("."):
            value = value.get(part, 1) if isinstance(value, dict) else value
        if not key.startswith("constraints.one_sided"):
            assert validated(asdict(overridden(validated(document), {key: value}))) == validated(document)


@pytest.mark.parametrize("name", eq.PRESETS)
def test_a_recipe_survives_the_way_through_json(name):
    recipe = eq.preset(name)
    assert validated(json.loads(json.dumps(asdict(recipe)))) == recipe


@pytest.mark.parametrize("name", eq.PRESETS)
def test_a_recipe_survives_the_way_through_the_text_that_is_printed(name):
    recipe = eq.preset(name)
    pairs = [line.replace(" = ", "=", 1) for line in settings_text(asdict(recipe)).splitlines() if line[-1] != " "]
    blank = replace(eq.preset("gan"), name="x")
    assert overridden(blank, parsed_settings(pairs)) == recipe


def test_a_document_with_an_unknown_key_is_refused():
    document = asdict(eq.preset("gan")) | {"batch": 3}
    with pytest.raises(SettingError, match="Unknown setting `batch`"):
        validated(document)
