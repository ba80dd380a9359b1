"""Our own run folders: signals under their own names, and the recipe as facts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from equipoise.core.errors import DataError, SettingError
from equipoise.core.facts import Facts
from equipoise.core.history import History, HistoryBuilder
from equipoise.core.layout import RunLayout
from equipoise.core.records import FactValue
from equipoise.intake.jsonrows import flat_numbers, parsed
from equipoise.intake.source import opened

_PENALTIES = ("gradient_penalty", "one_sided_gradient_penalty", "r1", "r2", "dragan")


def is_run_folder(path: Path) -> bool:
    """Whether a journal and a recipe lie there."""
    layout = RunLayout(path)
    return layout.journal.is_file() and layout.recipe.is_file()


@dataclass(frozen=True, slots=True)
class JournalReading:
    """A journal's signals, what it says of the set-up, and how many of its lines were readings or damaged."""

    history: History
    facts: dict[str, FactValue]
    rows: int
    damaged: int


def read_journal(path: Path) -> JournalReading:
    """The whole journal; its own facts are those of the session that began last."""
    builder, rows, damaged = HistoryBuilder(unit="images"), 0, 0
    facts: dict[str, FactValue] = {}
    with opened(RunLayout(path).journal) as source:
        for line in source.lines():
            if not line.strip():
                continue
            entry = parsed(line)
            if not isinstance(entry, dict) or not isinstance(entry.get("images"), int):
                damaged += 1
            elif isinstance(entry.get("signals"), Mapping):
                builder.add(entry["images"], flat_numbers(entry["signals"]))
                rows += 1
            elif entry.get("event") in ("started", "resumed"):
                builder.planned = entry["planned"] if isinstance(entry.get("planned"), int) else builder.planned
                facts |= _understood(entry.get("facts"))
    return JournalReading(builder.history(), facts, rows, damaged)


def _understood(facts: Any) -> dict[str, FactValue]:
    """Those in the words of this version."""
    found: dict[str, FactValue] = {}
    for name, value in facts.items() if isinstance(facts, Mapping) else ():
        try:
            found |= Facts({name: value})
        except (SettingError, TypeError):
            continue  # another version's word, or a damaged line: what is not known is left out
    return found


def read_recipe(path: Path) -> dict[str, Any]:
    """The recipe as it was resolved.

    Raises:
        DataError: it is no JSON object.
    """
    try:
        recipe = json.loads(RunLayout(path).recipe.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{RunLayout(path).recipe} cannot be read as a recipe ({error}).") from error
    if not isinstance(recipe, dict):
        raise DataError(f"{RunLayout(path).recipe} is no recipe: it holds no settings.")
    return recipe


def facts_in_recipe(recipe: Mapping[str, Any]) -> dict[str, FactValue]:
    """A recipe's settings in the words of the vocabulary."""
    generator, discriminator = _section(recipe, "generator"), _section(recipe, "discriminator")
    training, objective, data = _section(recipe, "training"), _section(recipe, "objective"), _section(recipe, "data")
    found: dict[str, Any] = {
        "objective": _objective(objective.get("name")),
        "real_target": objective.get("real_target"),
        "latent_dim": generator.get("latent_dim"),
        "generator_normalisation": generator.get("normalisation"),
        "discriminator_normalisation": discriminator.get("normalisation"),
        "spectral_norm": discriminator.get("spectral_norm"),
        "discriminator_dropout": discriminator.get("dropout"),
        "packing": discriminator.get("packing"),
        "clip_value": discriminator.get("weight_clip"),
        "mode_seeking": generator.get("mode_seeking"),
        "batch_size": training.get("batch_size"),
        "d_steps": training.get("d_steps"),
        "precision": training.get("precision"),
        "image_size": data.get("size"),
        "channels": data.get("channels"),
        "total_steps": training.get("images"),
        "conditional": recipe.get("conditioning") not in (None, "none"),
        "conditioning": recipe.get("conditioning"),
    }
    for player, section in (("generator", generator), ("discriminator", discriminator)):
        betas = section.get("betas")
        found[f"{player}_learning_rate"] = section.get("learning_rate")
        found[f"{player}_optimizer"] = section.get("optimizer")
        found[f"{player}_beta1"] = betas[0] if isinstance(betas, list) and betas else None
        architecture = section.get("architecture")
        found[f"{player}_architecture"] = "other" if architecture == "own" else architecture
    found |= _penalty(_section(recipe, "constraints"))
    known = {name: value for name, value in found.items() if value is not None and value != "auto"}
    return {name: float(value) if type(value) is int else value for name, value in known.items()}


def _penalty(constraints: Mapping[str, Any]) -> dict[str, FactValue]:
    present = [name for name in _PENALTIES if name in constraints]
    if not present:
        return {"penalty": "other" if constraints else "none"}
    name = "r1_r2" if {"r1", "r2"} <= set(present) else present[0]
    settings = _section(constraints, present[0])
    found: dict[str, FactValue] = {"penalty": name}
    for fact, key in (("penalty_weight", "weight"), ("penalty_every", "every")):
        if isinstance(settings.get(key), int | float):
            found[fact] = float(settings[key])
    return found


def _objective(name: Any) -> str | None:
    return "relativistic" if isinstance(name, str) and name.startswith("relativistic") else name


def _section(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = settings.get(name)
    return section if isinstance(section, Mapping) else {}
