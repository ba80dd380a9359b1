"""When a run should stop, or should have stopped, in words."""

from equipoise.control.stopping import JUDGEABLE, look_seconds, stop_advice, stopping_look
from equipoise.core.history import Series
from equipoise.reports.run_folder import RunHistory
from equipoise.training.progress import duration


def stopping_lines(history: RunHistory) -> list[str]:
    """The advice by the metric that selects, and what `--stop-when-done` would have saved; nothing of a short run.

    Where that metric can fall to 0 or is better when higher, the best judge of `JUDGEABLE` takes its place.
    """
    signal = _judge(history)
    if signal is None:
        return []
    series = history.signals[signal]
    advice = stop_advice(series, seconds_per_look=look_seconds(series, history.images, history.seconds))
    if advice.state == "too early":
        return []
    return [f"When to stop, by {signal}: {advice.sentence()}", *_missed(series, history)]


def _judge(history: RunHistory) -> str | None:
    chosen = [event["selection"] for event in history.events if "selection" in event][-1:]
    known = [name for name in JUDGEABLE if len(series := history.signals[name]) and float(series.values.min()) > 0]
    return next((name for name in chosen if name in known), known[0] if known else None)


def _missed(series: Series, history: RunHistory) -> list[str]:
    """What was spent after the first look at which the advice was to stop."""
    look = stopping_look(series)
    if look is None or look == len(series) - 1:
        return []
    at = int(series.at[look])
    share = 1.0 - at / history.images
    best = float(series.values[: look + 1].min()), float(series.values.min())
    return [
        f"With --stop-when-done it would have ended at {at:,} images, saving {share:.0%} of the time "
        f"({duration(share * history.seconds)}), with a best of {best[0]:.4g} instead of {best[1]:.4g}."
    ]
