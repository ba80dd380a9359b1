"""What one part of the system tells another: plain frozen values, none of which needs torch to be read."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """One measured number. `name` is a path `room/quantity`; `images` counts real images shown to the discriminator."""

    name: str
    value: float
    images: int


class Severity(StrEnum):
    """How much a finding matters, worst first."""

    WIRING = "wiring"
    """A mistake in the code or the set-up, proved exactly. No amount of training repairs it."""
    HARM = "harm"
    """The samples suffer, now."""
    RISK = "risk"
    """A mechanism that leads to harm is at work; the samples do not show it, or nobody measured them."""
    NOTE = "note"
    REASSURANCE = "reassurance"
    """It looks alarming and is normal."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


FactValue = bool | float | str


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One thing that was measured or is known of the set-up, in a sentence and as data.

    `signal` is a signal's path, or `fact/NAME` for what is known of the set-up. `threshold` is what `value` was
    compared with; `first` and `last` bound the part of the run that was looked at, on the history's own axis.
    """

    statement: str
    signal: str = ""
    value: FactValue | None = None
    threshold: float | None = None
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """Why it happens. `name` is the failure's name in the catalogue, docs/failures/NAME.md."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Remedy:
    """One thing to do. `setting` is the change as this run would write it, a recipe's setting or a line of code."""

    text: str
    setting: str = ""

    def __str__(self) -> str:
        return f"{self.text}: {self.setting}" if self.setting else self.text


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing worth telling, with its evidence, its likely causes (likeliest first) and what to do (best first).

    `name` is what was found, a failure of the catalogue or a reassurance. `confidence` is between 0 and 1. `since` is
    where on the history's axis it began, None if it was so from the start or does not depend on time.
    """

    name: str
    severity: Severity
    symptom: str
    confidence: float = 1.0
    since: int | None = None
    evidence: tuple[Evidence, ...] = ()
    explanation: str = ""
    causes: tuple[Cause, ...] = ()
    ruled_out: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    measure_next: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        """Where to read more."""
        return "docs/normal.md" if self.severity is Severity.REASSURANCE else f"docs/failures/{self.name}.md"
