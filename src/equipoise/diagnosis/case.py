"""What a rule is given: the facts of the set-up and the history of the signals so far."""

from dataclasses import dataclass

import numpy as np

from equipoise.core.facts import Facts
from equipoise.core.history import History, Series

LOGISTIC = ("minimax", "non_saturating")


@dataclass(frozen=True, slots=True)
class Case:
    """One run, or one set-up whose run has not begun (then the history is empty)."""

    facts: Facts
    history: History

    @property
    def objective(self) -> str | None:
        """The objective's name, None if nobody said it."""
        return self.facts.choice("objective")

    @property
    def logistic(self) -> bool:
        """Scores are logits of a probability, and the losses are cross-entropies."""
        return self.objective in LOGISTIC

    @property
    def wasserstein(self) -> bool:
        """Scores have no scale of their own."""
        return self.objective == "wasserstein"

    @property
    def penalised(self) -> bool:
        """A gradient penalty is known to be in force."""
        return self.facts.choice("penalty") not in (None, "none")

    def settled(self, name: str, *, looks: int = 0, share: float = 0.0) -> Series:
        """That signal after a grace period: at least `looks` looks and, where the run's length is known, `share` of it.

        The grace begins anew at every change of the game.
        """
        series = self.history[name]
        if len(series) == 0:
            return series
        start = max([int(series.at[0]), *self.history.changes])
        if self.history.planned is not None:
            start += round(share * (self.history.planned - self.history.begin))
        kept = series.since(start)
        return Series(kept.at[looks:], kept.values[looks:], kept.broken_at)

    def share_of_run(self, at: int) -> float:
        """How far into what is known of the run (planned, or recorded so far) a position lies, 0 to 1."""
        begin, end = self.history.begin, self.history.planned or self.history.end
        return float(np.clip((at - begin) / max(end - begin, 1), 0.0, 1.0))
