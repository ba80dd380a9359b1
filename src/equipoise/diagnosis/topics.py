"""The causes that what was told sounds like, the likeliest first."""

from equipoise.core.records import Cause
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.innocence import acquittal


NAMED_IN_PASSING = ("stale_gradients",)
"""Who asks about one call of `zero_grad` may lack another: that it is named does not acquit."""


def spoken_of(case: Case) -> tuple[Cause, ...]:
    """Those that the facts do not rule out: likelier than what is merely possible."""
    names = [name for name in case.facts.names("spoken_of") if _possible(name, case)]
    return tuple(Cause(name=name, text=f"`{name}` is told in such words.") for name in names)


def _possible(name: str, case: Case) -> bool:
    return name in NAMED_IN_PASSING or acquittal(name, case.facts) is None
