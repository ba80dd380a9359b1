"""What a rule is: a name and a function from a case to a finding, or to nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from equipoise.core.records import Finding
from equipoise.diagnosis.case import Case

Examine = Callable[[Case], Finding | None]
Kind = Literal["wiring", "mechanism", "symptom", "reassurance"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One failure of the catalogue, or one thing that only looks like one.

    A `wiring` rule reads facts, a `mechanism` says why a game goes wrong, a `symptom` that it does. A symptom explains
    nothing by itself: the mechanisms found beside it become its causes, and it turns their risk into harm.
    `silences` names findings that a reassurance takes back when it holds; `if_all_is_well` says that it only
    holds while nothing harmful was found.
    """

    name: str
    kind: Kind
    examine: Examine
    silences: tuple[str, ...] = ()
    if_all_is_well: bool = False
