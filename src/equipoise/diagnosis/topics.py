"""The causes that what was told sounds like, the likeliest first."""

from equipoise.core.records import Cause
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.innocence import acquittal


def spoken_of(case: Case) -> tuple[Cause, ...]:
    """Those that the facts do not rule out: likelier than what is merely possible."""
    names = [name for name in case.facts.names("spoken_of") if acquittal(name, case.facts) is None]
    return tuple(Cause(name=name, text=f"`{name}` is told in such words.") for name in names)
