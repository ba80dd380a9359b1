"""What is known of a set-up, in the words of `core.vocabulary`."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from math import isfinite

from equipoise.core.errors import SettingError
from equipoise.core.records import FactValue
from equipoise.core.vocabulary import BOTH_PLAYERS, OBJECTIVE_NAMES, OTHER_NAMES, VOCABULARY, FactSpec

_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0", "none")


class Facts(Mapping[str, FactValue]):
    """Names of the vocabulary to values of their kind; whatever is not in it is not known."""

    def __init__(self, values: Mapping[str, FactValue] | None = None) -> None:
        """Check every name and value against the vocabulary.

        Raises:
            SettingError: an unknown name, or a value of another kind.
        """
        self._values = {name: _checked(spec_of(name), value) for name, value in (values or {}).items()}

    def __getitem__(self, name: str) -> FactValue:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Facts({self._values!r})"

    def number(self, name: str) -> float | None:
        """A number, None if unknown."""
        assert VOCABULARY[name].kind == "number", name
        value = self._values.get(name)
        return None if value is None else float(value)

    def flag(self, name: str) -> bool | None:
        """Yes, no, or None if unknown."""
        assert VOCABULARY[name].kind == "flag", name
        value = self._values.get(name)
        return None if value is None else bool(value)

    def choice(self, name: str) -> str | None:
        """One of the fact's choices, None if unknown."""
        assert VOCABULARY[name].kind == "choice", name
        value = self._values.get(name)
        return None if value is None else str(value)

    def names(self, name: str) -> tuple[str, ...]:
        """Several of the fact's choices, in their order; none if unknown."""
        assert VOCABULARY[name].kind == "names", name
        return _split(str(self._values.get(name, "")))

    def joined(self, other: Mapping[str, FactValue]) -> "Facts":
        """Both, `other` where both say something."""
        return Facts({**self._values, **other})


def spec_of(name: str) -> FactSpec:
    """The vocabulary's entry of exactly that name.

    Raises:
        SettingError: there is none; the message names near ones.
    """
    if name in VOCABULARY:
        return VOCABULARY[name]
    near = get_close_matches(name, [*VOCABULARY, *OTHER_NAMES, *BOTH_PLAYERS], n=3)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    raise SettingError(f"The fact {name!r} is unknown. {hint}docs/facts.md lists every fact.")


def parsed_fact(name: str, text: str) -> dict[str, FactValue]:
    """One fact as people write it, `lambda_gp`, `10`, under its own name; a word for both players gives two facts.

    Raises:
        SettingError: an unknown name, or a value that is none of its kind.
    """
    key = name.strip().lower().replace("-", "_").replace(" ", "_")
    if key in BOTH_PLAYERS and key not in VOCABULARY:
        return {own: _parsed(VOCABULARY[own], text) for own in BOTH_PLAYERS[key]}
    key = OTHER_NAMES.get(key, key)
    if key == "objective" and (method := OBJECTIVE_NAMES.get(text.strip().lower().replace("_", "-"))):
        return dict(method)
    return {key: _parsed(spec_of(key), text)}


def _parsed(spec: FactSpec, text: str) -> FactValue:
    word = text.strip().lower()
    if spec.kind == "flag" and word in (*_TRUE, *_FALSE):
        return word in _TRUE
    if spec.kind == "number":
        with suppress(ValueError):
            if isfinite(number := float(word)):
                return number
        # what is none is reported below, as it was found; what was measured may be infinite
    if spec.kind == "choice":
        return _checked(spec, word.replace("-", "_").replace(" ", "_"))
    return _checked(spec, text)


def _checked(spec: FactSpec, value: FactValue) -> FactValue:
    wanted: str | None = None
    if spec.kind == "flag" and not isinstance(value, bool):
        wanted = "true or false"
    if spec.kind == "number" and (isinstance(value, bool | str) or value != value):
        wanted = "a finite number"
    if spec.kind == "choice" and value not in spec.choices:
        names = f" (or {', '.join(OBJECTIVE_NAMES)})" if spec.name == "objective" else ""
        wanted = f"one of {', '.join(spec.choices)}{names}"
    if spec.kind == "names" and not (isinstance(value, str) and {*_split(value)} <= {*spec.choices} and value):
        wanted = f"names with commas between, each one of {', '.join(spec.choices)}"
    if wanted is not None:
        raise SettingError(f"The fact `{spec.name}` is {value!r}, but must be {wanted}. It means: {spec.meaning}.")
    return float(value) if spec.kind == "number" else value


def _split(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())
