"""The watch: looks now and then at a loop that is not ours, and says what it finds."""

import sys
import weakref
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from types import TracebackType

from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from equipoise.core.facts import Facts, parsed_fact
from equipoise.core.history import History, HistoryBuilder
from equipoise.core.records import FactValue, Finding, Severity
from equipoise.diagnosis import examine
from equipoise.reports.findings import exit_status, rendered
from equipoise.watching.journal import WatchJournal
from equipoise.watching.look import Reals
from equipoise.watching.observer import Observer
from equipoise.watching.replay import indices
from equipoise.watching.schedule import Schedule

OnFinding = Callable[[Finding], object]


def tell(finding: Finding) -> None:
    """Two calm lines on standard error; what is normal and what is a mere note is left to the report."""
    if finding.severity.rank <= Severity.RISK.rank:
        since = "" if finding.since is None else f", since step {finding.since:,}"
        print(f"equipoise: {finding.severity}: {finding.symptom} ({finding.name}{since})", file=sys.stderr)
        if finding.remedies:
            print(f"  {finding.remedies[0]}", file=sys.stderr)


class Watch:
    """Watches two networks while somebody else's loop trains them. `watch` makes one.

    Attributes:
        findings: what holds as of the newest look, worst first.
    """

    def __init__(
        self, observer: Observer, *, schedule: Schedule, on_finding: OnFinding | None, journal: WatchJournal | None
    ) -> None:
        self.findings: tuple[Finding, ...] = ()
        self._observer, self._schedule = observer, schedule
        self._on_finding, self._journal = on_finding, journal
        self._known: set[tuple[str, Severity]] = set()
        self._builder = HistoryBuilder(unit="steps")
        self._losses: dict[str, Tensor | float] = {}
        self._finalizer = weakref.finalize(self, _remove, observer.handles)
        observer.listen()

    def step(
        self,
        *,
        d_loss: Tensor | float | None = None,
        g_loss: Tensor | float | None = None,
        real: Tensor | None = None,
        fake: Tensor | None = None,
    ) -> None:
        """Call once in every round of the loop, after its steps. Never raises.

        The losses are recorded if they are given; `d_loss` may include a penalty. `real` and `fake`, this round's
        batches, help where both are altered on the way to the discriminator.
        """
        if not self._finalizer.alive:
            return
        with self._observer.guarded("take a step"):
            given = {"loss/discriminator_total": d_loss, "loss/generator": g_loss}
            self._losses |= {name: _detached(loss) for name, loss in given.items() if loss is not None}
            self._observer.clarify(real=real, fake=fake)
            action = self._schedule.advance(*self._observer.taken)
            if action == "listen":
                self._observer.listen()
            elif action == "look":
                self._look()

    @property
    def facts(self) -> Facts:
        """What is known of the set-up: what the objective's name stands for, what was seen, and what was given."""
        return self._observer.facts

    @property
    def history(self) -> History:
        """The signals so far; its axis counts calls of `step`."""
        return self._builder.history()

    @property
    def trouble(self) -> Mapping[str, str]:
        """What the watch could not do, and why."""
        return self._observer.trouble

    @property
    def exit_status(self) -> int:
        """0 if nothing is worse than a note, 3 for a risk, 4 for harm, 5 for wiring."""
        return exit_status(self.findings)

    def report(self) -> str:
        """Everything found, and what could not be seen, as text for people."""
        steps = self._schedule.steps
        parts = [rendered(self.findings) or f"Nothing to report after {steps:,} steps."]
        parts += [f"note: {text}" for text in self._observer.notes(steps)]
        return "\n\n".join(parts)

    def close(self) -> None:
        """Take every hook away. What was found stays."""
        self._observer.rest()
        self._finalizer()

    def __enter__(self) -> "Watch":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _look(self) -> None:
        at = self._schedule.steps
        signals = self._observer.look(at, measure=self._schedule.measures)
        signals |= {name: float(loss) for name, loss in self._losses.items()}
        self._losses.clear()
        self._builder.add(at, signals)
        self._schedule.looked()
        if not self._schedule.listening:
            self._observer.rest()
        with self._observer.guarded("write its journal"):
            if self._journal is not None and signals:
                self._journal.signals(at, signals)
        self.findings = examine(self.facts, self.history)
        for finding in self.findings:
            if (finding.name, finding.severity) not in self._known:
                self._known.add((finding.name, finding.severity))
                self._tell(at, finding)

    def _tell(self, at: int, finding: Finding) -> None:
        with self._observer.guarded("write its journal"):
            if self._journal is not None:
                self._journal.finding(at, finding)
        with self._observer.guarded("tell of a finding"):
            if self._on_finding is not None:
                self._on_finding(finding)


def watch(  # noqa: PLR0913  (each is one thing a user may know; all but the networks have a default)
    generator: nn.Module,
    discriminator: nn.Module,
    *,
    objective: str | None = None,
    real: Tensor | None = None,
    labels: Tensor | None = None,
    facts: Mapping[str, FactValue] | None = None,
    every: int = 100,
    on_finding: OnFinding | None = tell,
    log: str | PathLike[str] | None = None,
) -> Watch:
    """Watch a loop that trains these two networks. Call `step()` on what this returns once in every round.

    The loop runs as it would without, to the bit, whatever goes wrong in here.

    Args:
        generator: as the loop calls it.
        discriminator: as the loop calls it.
        objective: the loss by one of its names (`wgan-gp`, `dcgan`, `hinge`, ...); found out where it can be if None.
        real: real samples that training never shows, prepared as the loop prepares its own.
        labels: their classes.
        facts: what else is known, in the words of docs/facts.md; believed before what is seen.
        every: steps from look to look; there are more looks at the beginning.
        on_finding: called with each new finding; by default two lines on standard error. None for silence.
        log: a file to append the signals to, for `equipoise diagnose`.

    Raises:
        SettingError: an objective or a fact that is not known, or an interval below 1.
    """
    schedule = Schedule(every)  # first of all, so that what is refused leaves no hook behind
    observer = Observer(
        generator,
        discriminator,
        told=Facts(parsed_fact("objective", objective) if objective is not None else {}),
        given=Facts(facts),
        reals=None if real is None else Reals(samples=real.detach().clone(), labels=indices(labels)),
    )
    journal = None if log is None else WatchJournal(Path(log))
    return Watch(observer, schedule=schedule, on_finding=on_finding, journal=journal)


def _detached(loss: Tensor | float) -> Tensor | float:
    return loss.detach() if isinstance(loss, Tensor) else loss


def _remove(handles: list[RemovableHandle]) -> None:
    for handle in handles:
        handle.remove()
