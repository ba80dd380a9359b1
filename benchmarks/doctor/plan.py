"""Which runs are made: for each family its healthy variants, and every fault that fits at one strength and onset.

Strengths and onsets take turns over the families, so that each split meets all of them.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from benchmarks.doctor.families import FAMILIES, Family, Split, healthy_games
from benchmarks.doctor.faults import FAULTS, MIDDLE, START, Fault
from benchmarks.doctor.game import STRUCTURE, Game


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One run of the zoo. `before` is played up to `onset` (share of the run), `after` from then on."""

    name: str
    family: str
    fault: str
    strength: str
    onset: float
    before: Game
    after: Game
    causes: tuple[str, ...]
    objective: str

    @property
    def seed(self) -> int:
        """Another for every run."""
        return zlib.crc32(self.name.encode()) % 100_000

    @property
    def healthy(self) -> bool:
        """Nothing was injected."""
        return self.fault == ""

    @property
    def first_round(self) -> int:
        """The first round that plays `after`."""
        return round(self.onset * self.before.rounds)


def planned(split: Split) -> tuple[Run, ...]:
    """All runs of a split, the healthy ones first."""
    families = [family for family in FAMILIES if family.split == split]
    healthy = [run for family in families for run in _healthy(family)]
    spoilt = [run for family in families for run in _spoilt(family)]
    return (*healthy, *spoilt)


def _healthy(family: Family) -> Iterator[Run]:
    for variant, game in healthy_games(family.game).items():
        for number in range(family.healthy_runs):
            yield Run(
                name=f"{family.name} / healthy / {variant} {number + 1}",
                family=family.name,
                fault="",
                strength=variant,
                onset=START,
                before=game,
                after=game,
                causes=(),
                objective=family.objective,
            )


def _spoilt(family: Family) -> Iterator[Run]:
    for number, fault in enumerate(fault for fault in FAULTS if fault.fits(family.game)):
        forms = [form for form in product(fault.strengths, fault.onsets) if _possible(family, fault, *form)]
        if forms:
            yield spoilt_run(family, fault, *forms[(family.turn + number) % len(forms)])


def spoilt_run(family: Family, fault: Fault, strength: str, onset: float) -> Run:
    """That fault in that family."""
    changed = fault.strengths[strength](family.game)
    when = "late" if onset == MIDDLE else "at once"
    return Run(
        name=f"{family.name} / {fault.name} {strength} / {when}".replace("  ", " "),
        family=family.name,
        fault=fault.name,
        strength=strength,
        onset=onset,
        before=_shaped_like(changed, family.game) if onset else changed,
        after=changed,
        causes=fault.causes,
        objective=family.objective,
    )


def _possible(family: Family, fault: Fault, strength: str, onset: float) -> bool:
    """A change that makes no difference is no fault, and one of the structure cannot come late."""
    changed = fault.strengths[strength](family.game)
    late_structure = onset > 0 and any(getattr(changed, name) != getattr(family.game, name) for name in STRUCTURE)
    return changed != family.game and not late_structure


def _shaped_like(changed: Game, healthy: Game) -> Game:
    """The healthy game before the onset; a drift or decay begins with it."""
    return replace(healthy, **{name: getattr(changed, name) for name in STRUCTURE})
