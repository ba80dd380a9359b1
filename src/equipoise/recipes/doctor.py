"""The doctor of a run: hears every signal, asks the rules, and says what is new."""

from collections.abc import Iterable, Mapping, Sequence

from equipoise.core.entries import Entry
from equipoise.core.facts import Facts
from equipoise.core.history import HistoryBuilder
from equipoise.core.records import Finding, Severity
from equipoise.diagnosis import RULES, examine
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.recipes.schema import StopOn
from equipoise.training.doctor import Consultation

MOST_LOOKS = 1024
"""A signal's history is kept in so many looks: coarser in a long run, so that the rules never take longer."""

WORTH_TELLING = (Severity.WIRING, Severity.HARM, Severity.RISK)
"""While a run goes on. Notes and reassurances wait for its end."""


class RunDoctor:
    """Keeps the history of one run and the findings that last."""

    def __init__(
        self, facts: Facts, *, planned: int | None, stop_on: StopOn = "never", rules: Sequence[Rule] = RULES
    ) -> None:
        """`planned` is the length of the run in images, where that is fixed."""
        self.facts = facts
        self._builder = HistoryBuilder(unit="images", planned=planned, most=MOST_LOOKS)
        self._stop_rank = -1 if stop_on == "never" else Severity(stop_on).rank
        self._rules = tuple(rules)
        self._lasting: dict[str, Severity] = {}
        self._announced: set[tuple[str, Severity]] = set()

    def recall(self, entries: Iterable[Entry]) -> None:
        """Learn from a journal what was heard and found before the run was resumed."""
        for entry in entries:
            self.hear(entry["images"], entry["signals"])
            if entry.get("event") == "finding":
                name, severity = entry["finding"]["name"], Severity(entry["finding"]["severity"])
                self._lasting[name] = severity
                self._announced.add((name, severity))
            if entry.get("event") == "finding_over":
                self._lasting.pop(entry["finding"], None)

    def hear(self, images: int, signals: Mapping[str, float]) -> None:
        """One reading of some signals."""
        self._builder.add(images, signals)

    def consult(self) -> Consultation:
        """Ask every rule; tell what began, worsened or ended since the last time."""
        findings, trouble = self._examined()
        telling = {finding.name: finding for finding in findings if finding.severity in WORTH_TELLING}
        begun = tuple(finding for finding in telling.values() if self._is_news(finding))
        over = tuple(name for name in self._lasting if name not in telling)
        self._lasting = {name: finding.severity for name, finding in telling.items()}
        news = [finding for finding in begun if (finding.name, finding.severity) not in self._announced]
        self._announced |= {(finding.name, finding.severity) for finding in begun}
        bad = [finding for finding in telling.values() if finding.severity.rank <= self._stop_rank]
        return Consultation(
            begun=begun,
            over=over,
            announced=tuple(line for finding in news for line in announcement(finding)),
            trouble=trouble,
            stop_for=bad[0] if bad else None,
        )

    def _is_news(self, finding: Finding) -> bool:
        known = self._lasting.get(finding.name)
        return known is None or finding.severity.rank < known.rank

    def _examined(self) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
        """What the rules find. One that fails is told of, and not asked again: a run must not die of its doctor."""
        history = self._builder.history()
        try:
            return examine(self.facts, history, self._rules), ()
        except Exception:
            trouble = {rule.name: _failure(rule, Case(self.facts, history)) for rule in self._rules}
        self._rules = tuple(rule for rule in self._rules if trouble[rule.name] is None)
        told = tuple(text for text in trouble.values() if text is not None)
        if not told:
            raise AssertionError("a rule failed once and not again, so rules are not functions of their case")
        return examine(self.facts, history, self._rules), told


def announcement(finding: Finding) -> tuple[str, ...]:
    """One calm line on what is seen, and one on what to do."""
    since = "" if finding.since is None else f", since {finding.since:,} images"
    lines = [f"Doctor: {finding.symptom} ({finding.severity}: {finding.name}{since})"]
    if finding.remedies:
        lines.append(f"        try: {finding.remedies[0]}")
    return tuple(lines)


def _failure(rule: Rule, case: Case) -> str | None:
    try:
        rule.examine(case)
    except Exception as error:
        return f"The rule {rule.name} failed and is left out from here on: {type(error).__name__}: {error}"
    return None
