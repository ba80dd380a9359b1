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
    HARM = "harm"
    RISK = "risk"
    NOTE = "note"
    REASSURANCE = "reassurance"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing worth telling, with its evidence in words and numbers, and what to do about it (possibly nothing)."""

    severity: Severity
    symptom: str
    evidence: tuple[Signal, ...] = ()
    explanation: str = ""
    remedies: tuple[str, ...] = ()
