"""When the watch listens and when it looks: often at first, then at a fixed interval."""

from math import ceil
from typing import Literal

from equipoise.core.errors import SettingError

FIRST = (3, 6, 10, 15, 20, 50)
"""Looks at the beginning: a mistake in the code shows within twenty steps."""
_BEGINNING = 20
_ROUNDS = 2
_PATIENCE = 60
"""How many steps a look waits until both players have moved twice."""
Action = Literal["listen", "look"]


class Schedule:
    """Counts the loop's steps. The hooks listen only shortly before a look, and all the time at the beginning."""

    def __init__(self, every: int) -> None:
        """`every` is the number of steps from look to look.

        Raises:
            SettingError: less than one.
        """
        if every < 1:
            raise SettingError(f"`every` is {every}, but must be at least 1: the number of steps from look to look.")
        self.steps = 0
        self.listening = True
        self._every = every
        self._since = (0, 0)
        self._due = self._next()

    def advance(self, g_steps: int, d_steps: int) -> Action | None:
        """One more step of the loop; the players have taken so many steps in all."""
        self.steps += 1
        if self.listening:
            return "look" if self._ready(g_steps, d_steps) else None
        if self.steps >= self._due - self._lead(min(g_steps, d_steps)):
            self.listening, self._since = True, (g_steps, d_steps)
            return "listen"
        return None

    @property
    def measures(self) -> bool:
        """Whether signals are recorded at this look.

        The first looks are for facts alone: a game just begun looks like a bad one, and rules count looks.
        """
        return self.steps >= min(_BEGINNING, self._every)

    def looked(self) -> None:
        """A look was taken."""
        self._due = self._next()
        self.listening = self.steps < _BEGINNING

    def _ready(self, g_steps: int, d_steps: int) -> bool:
        heard = min(g_steps - self._since[0], d_steps - self._since[1]) >= _ROUNDS
        patience = 0 if self.steps <= _BEGINNING else _PATIENCE
        return self.steps >= self._due and (heard or self.steps >= self._due + patience)

    def _next(self) -> int:
        early = [look for look in FIRST if self.steps < look < self._every]
        return early[0] if early else (self.steps // self._every + 1) * self._every

    def _lead(self, rounds: int) -> int:
        """Steps of the loop in which both players move as often as is needed, and one to begin with."""
        return min(_PATIENCE, ceil(_ROUNDS * self.steps / max(rounds, 1)) + 1)
