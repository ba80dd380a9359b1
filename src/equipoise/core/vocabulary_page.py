"""docs/facts.md, made from the vocabulary: `python -m equipoise.core.vocabulary_page > docs/facts.md`."""

from itertools import groupby

from equipoise.core.records import FactValue
from equipoise.core.vocabulary import BOTH_PLAYERS, OBJECTIVE_NAMES, VOCABULARY, FactSpec

_HEAD = """# Facts

What can be told of a set-up, and in which words. A fact narrows a diagnosis down; none is needed.

- `equipoise diagnose LOG --fact penalty_weight=10 --fact discriminator_output=sigmoid`
- `--facts FILE`, YAML or JSON, with the same names. Text under `notes` is read too, sentence by sentence; whatever is
  not understood is listed, and questions, plans and attempts are not taken for facts.
- `equipoise check` and `eq.watch` find most of them out by themselves.

A number is written as usual (`2e-4`), a flag as `true` or `false`, a choice as one of the words in its row. Other names
in use are understood as well, and so are plain words: `batchSize: 64 per GPU`, `critic lr: 1e-4`, `amp: true`,
`optimizer: Adam(lr=1e-3)`, `data_range: 0 to 1`, `images: 40k`. What is not plain (`resolution: 8 to 16`) is refused on
the command line; in a file it is listed as unknown and read as text. This page is made from `core/vocabulary.py`.
"""


def page() -> str:
    """The whole page."""
    groups = [_group(name, list(specs)) for name, specs in groupby(VOCABULARY.values(), key=lambda spec: spec.group)]
    return "\n".join([_HEAD, *groups, _both(), _methods()])


def _group(name: str, specs: list[FactSpec]) -> str:
    rows = [f"| `{spec.name}` | {_kind(spec)} | {spec.meaning} | {_words(spec.also)} |" for spec in specs]
    head = "| fact | value | meaning | also called |\n| --- | --- | --- | --- |"
    return "\n".join([f"## {name[0].upper()}{name[1:]}\n", head, *rows, ""])


def _kind(spec: FactSpec) -> str:
    if spec.kind == "names":
        return "names of [failures](failures), with commas between"
    return _words(spec.choices) if spec.kind == "choice" else spec.kind


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _both() -> str:
    rows = [f"| `{name}` | {_words(facts)} |" for name, facts in BOTH_PLAYERS.items()]
    return "\n".join(["## Names that speak of both players\n", "| name | facts |\n| --- | --- |", *rows, ""])


def _methods() -> str:
    rows = [
        f"| `{name}` | {', '.join(f'`{fact}={_value(value)}`' for fact, value in facts.items())} |"
        for name, facts in OBJECTIVE_NAMES.items()
    ]
    return "\n".join(["## Names of whole methods, for `objective`\n", "| name | facts |\n| --- | --- |", *rows, ""])


def _value(value: FactValue) -> str:
    return str(value).lower()


if __name__ == "__main__":
    print(page(), end="")
