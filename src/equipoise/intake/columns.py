"""From the columns of a log to signals: which is which, in what unit, with what sign. Everything inferred is said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from equipoise.core.facts import Facts
from equipoise.core.history import History, Series
from equipoise.intake.collect import Collected
from equipoise.intake.guess import Guess, bounded, guessed
from equipoise.intake.losses import Read, discriminator_loss, halves, scaled, wasserstein_estimate
from equipoise.intake.names import axis_of, is_averaged, is_clock, is_total, meaning_of
from equipoise.intake.reading import ColumnReading

_PLAIN = {
    "gp": ("penalty/gradient_penalty", "the gradient penalty, read as before its weight"),
    "r1": ("penalty/r1", "the R1 penalty, read as before its weight"),
    "r2": ("penalty/r2", "the R2 penalty, read as before its weight"),
    "d_loss_real": ("loss/discriminator_real", "the discriminator's loss on reals"),
    "d_loss_fake": ("loss/discriminator_fake", "the discriminator's loss on fakes"),
    "d_gradient": ("gradients/discriminator", "norm of the discriminator's gradient"),
    "g_gradient": ("gradients/generator", "norm of the generator's gradient"),
    "lr_d": ("learning_rate/discriminator", "as logged"),
    "lr_g": ("learning_rate/generator", "as logged"),
    "lr": ("learning_rate/generator", "one learning rate, read as that of both players"),
    "fid": ("quality/fid", "as logged"),
    "kid": ("quality/kid", "as logged"),
    "inception": ("quality/inception_score", "as logged"),
    "augmentation": ("augmentation/probability", "as logged"),
}
_SHARES = {
    "accuracy": "accuracy/discriminator",
    "accuracy_real": "accuracy/real",
    "accuracy_fake": "accuracy/fake",
}
_UNUSED = {
    "d_fake_later": "not used: D(G(z)) after the generator's step; the one before it compares with D(x)",
    "held_out": "not used: measured on held-out data",
    "w_loss_generator": "not used: the generator's loss has no meaning of its own here",
    "d_bare": "not used: one letter says too little",
    "g_bare": "not used: one letter says too little",
    "d_first": "not used: which of two discriminators it is the log does not say",
    "d_second": "not used: which of two discriminators it is the log does not say",
    "second_game": "not used: the second of two games; the first is read",
    "slope": "not used: whose gradient it is the log does not say",
}
_SEEN_OFTEN = 0.01
"""A name without a meaning is worth listing if at least this share of the rows has it."""


@dataclass(slots=True)
class Understood:
    """What the columns are. `signals` is filled in the order in which the rules trust them."""

    signals: dict[str, Series] = field(default_factory=dict)
    readings: list[ColumnReading] = field(default_factory=list)

    def take(self, name: str, read: Read) -> None:
        """Use a column, unless something better was found for its signal."""
        if read.signal in self.signals:
            self.skip(name, f"not used: {read.signal} is there already")
            return
        self.signals[read.signal] = read.series
        self.readings.append(ColumnReading(name=name, signal=read.signal, how=read.how))

    def skip(self, name: str, how: str) -> None:
        """Leave a column out and say why."""
        self.readings.append(ColumnReading(name=name, signal=None, how=how))


def understood(
    collected: Collected, facts: Facts, *, include_quality: bool
) -> tuple[History, tuple[ColumnReading, ...], Guess]:
    """The history by signals, how each column was read, and what was guessed of the set-up."""
    raw = collected.history()
    out = Understood()
    named = _by_meaning(raw, out)
    columns = _without_ambiguity({meaning: raw[name] for meaning, name in named.items()}, named, facts)
    named = {meaning: named[_plain_meaning(meaning, named)] for meaning in columns}
    guess = guessed(columns) if facts.choice("objective") is None else {}
    if facts.choice("penalty") is not None:
        guess.pop("penalty", None)
    known = facts.joined({name: value for name, (value, _) in guess.items()})
    _read_losses(out, columns, named, known)
    _read_scores(out, columns, named, known, collected.percent)
    _read_the_rest(out, columns, named, known, include_quality=include_quality)
    _list_the_others(out, collected)
    history = History(series=out.signals, unit=raw.unit, planned=raw.planned, changes=raw.changes)
    return history, tuple(out.readings), guess


def _by_meaning(raw: History, out: Understood) -> dict[str, str]:
    """One column a meaning: the one with most values, and of several the first."""
    named: dict[str, str] = {}
    for name in sorted(raw.series, key=lambda name: is_averaged(name)):
        meaning = meaning_of(name)
        assert meaning is not None  # the collector keeps no other
        if meaning in named:
            out.skip(name, f"not used: the same as {named[meaning]}")
        else:
            named[meaning] = name
    return named


def _plain_meaning(meaning: str, named: Mapping[str, str]) -> str:
    """Under which meaning the name was found before the ambiguity was resolved."""
    if meaning in named:
        return meaning
    return {
        "d_loss_real": "d_first" if "d_first" in named else "d_real",
        "d_loss_fake": "d_second" if "d_second" in named else "d_fake",
        "d_loss": "w_loss" if "w_loss" in named else "d_bare",
        "g_loss": "g_bare",
    }[meaning]  # fmt: skip


def _without_ambiguity(columns: dict[str, Series], named: Mapping[str, str], facts: Facts) -> dict[str, Series]:
    """Decide what `D_real`, `W loss` and bare `D` and `G` are, by what stands beside them."""
    if "w_loss" in columns and "d_loss" not in columns:
        columns["d_loss"] = columns["w_loss"]
    if "d_bare" in columns and "g_bare" in columns and not {"d_loss", "g_loss"} & set(columns):
        columns["d_loss"], columns["g_loss"] = columns.pop("d_bare"), columns.pop("g_bare")
    if {"d_first", "d_second", "g_bare"} <= set(columns) and not {"d_loss", "g_loss"} & set(columns):
        columns["g_loss"] = columns.pop("g_bare")
        columns["d_loss_real"], columns["d_loss_fake"] = columns.pop("d_first"), columns.pop("d_second")
    both = {"d_real", "d_fake"} <= set(columns) and not {"d_loss_real", "d_loss_fake"} & set(columns)
    if both and _are_losses(columns, named):
        columns["d_loss_real"], columns["d_loss_fake"] = columns.pop("d_real"), columns.pop("d_fake")
    return columns


def _are_losses(columns: Mapping[str, Series], named: Mapping[str, str]) -> bool:
    """pix2pix logs losses as `D_real` and `D_fake`; elsewhere these are outputs. A sum tells, else `G_GAN` beside."""
    if re.search(r"score|logit|prob|\(|acc|out", (named["d_real"] + named["d_fake"]).lower()):
        return False
    total = halves(columns["d_real"], columns["d_fake"]) if len(columns["d_fake"]) else columns["d_real"]
    loss = columns.get("d_loss")
    if loss is not None and len(loss) == len(total) and np.ptp(loss.values) > 0:
        errors = [float(np.median(np.abs(loss.values - share * total.values))) for share in (0.5, 1.0)]
        return min(errors) <= 0.02 * float(np.median(np.abs(loss.values)) + 1e-9)
    return "g_adversarial" in columns


def _read_losses(out: Understood, columns: Mapping[str, Series], named: Mapping[str, str], facts: Facts) -> None:
    if "w" in columns:
        out.take(named["w"], wasserstein_estimate(columns["w"]))
    if "d_loss" in columns:
        _take_first(out, named["d_loss"], discriminator_loss(columns, facts, called_total=is_total(named["d_loss"])))
    for meaning in ("d_loss_real", "d_loss_fake"):
        if meaning in columns:
            out.take(named[meaning], Read(signal=_PLAIN[meaning][0], series=columns[meaning], how=_PLAIN[meaning][1]))
    if "d_loss" not in columns and {"d_loss_real", "d_loss_fake"} <= set(columns):
        total = halves(columns["d_loss_real"], columns["d_loss_fake"])
        label = f"{named['d_loss_real']} + {named['d_loss_fake']}"
        _take_first(out, label, discriminator_loss({**columns, "d_loss": total}, facts, called_total=False))
    for meaning in ("g_adversarial", "g_loss"):
        if meaning in columns:
            told = "the adversarial part of the generator's loss" if meaning == "g_adversarial" else _generator(facts)
            out.take(named[meaning], Read(signal="loss/generator", series=columns[meaning], how=told))


def _take_first(out: Understood, name: str, reads: list[Read]) -> None:
    """The column itself, and the signals that follow from it where no column of their own is there."""
    out.take(name, reads[0])
    for read in reads[1:]:
        if read.signal not in out.signals:
            out.signals[read.signal] = read.series
            out.readings.append(ColumnReading(name=name, signal=read.signal, how=f"follows from it: {read.how}"))


def _generator(facts: Facts) -> str:
    if facts.choice("objective") == "wasserstein":
        return "-E D(G(z)); its level has no meaning of its own"
    return "as logged"


def _read_scores(
    out: Understood, columns: Mapping[str, Series], named: Mapping[str, str], facts: Facts, percent: set[str]
) -> None:
    present = [meaning for meaning in ("d_real", "d_fake") if meaning in columns]
    inside = all(bounded(_share(columns[meaning], named[meaning], percent)[0]) for meaning in present)
    logistic = facts.choice("objective") in (None, "minimax", "non_saturating")
    for meaning in present:
        who = meaning.removeprefix("d_")
        series, told = _share(columns[meaning], named[meaning], percent)
        if inside and logistic:
            read = Read(signal=f"probability/{who}", series=series, how=f"a probability{told}")
        else:
            why = "read as a raw score" if inside else "lies outside [0, 1]: read as a raw score"
            read = Read(signal=f"logits/{who}", series=columns[meaning], how=why)
        out.take(named[meaning], read)
    _add_estimate(out, facts)
    for meaning, signal in _SHARES.items():
        if meaning in columns:
            series, told = _share(columns[meaning], named[meaning], percent)
            out.take(named[meaning], Read(signal=signal, series=series, how=f"a share{told}"))
    for who in ("real", "fake"):
        if f"sign_{who}" in columns:
            share = scaled(columns[f"sign_{who}"], 0.5 if who == "real" else -0.5, 0.5)
            out.take(
                named[f"sign_{who}"],
                Read(signal=f"accuracy/{who}", series=share, how="mean sign of the scores, turned into a share"),
            )


def _add_estimate(out: Understood, facts: Facts) -> None:
    """With both raw scores of a critic there, their difference is the Wasserstein estimate."""
    scores = [out.signals.get(f"logits/{who}") for who in ("real", "fake")]
    if facts.choice("objective") != "wasserstein" or scores[0] is None or scores[1] is None or not len(scores[1]):
        return
    if "wasserstein/estimate" not in out.signals:
        difference = halves(scores[0], scaled(scores[1], -1.0))
        out.signals["wasserstein/estimate"] = difference
        names = [reading.name for reading in out.readings if reading.signal in ("logits/real", "logits/fake")]
        how = "follows from both scores: E D(x) - E D(G(z))"
        out.readings.append(ColumnReading(name=" - ".join(names), signal="wasserstein/estimate", how=how))


def _share(series: Series, name: str, percent: set[str]) -> tuple[Series, str]:
    """A share of 1, from percent if it says so or cannot be anything else."""
    if name in percent or (meaning_of(name) in _SHARES and len(series) and series.values.max() > 1.5):
        return scaled(series, 0.01), "; percent, divided by 100"
    return series, ""


def _read_the_rest(
    out: Understood, columns: Mapping[str, Series], named: Mapping[str, str], facts: Facts, *, include_quality: bool
) -> None:
    penalised = facts.choice("penalty") not in (None, "none") or "gp" in columns
    for meaning, series in columns.items():
        if "/" in meaning:
            out.take(named[meaning], Read(signal=meaning, series=series, how="a signal by its own name"))
        elif meaning in ("fid", "kid", "inception") and not include_quality:
            out.skip(named[meaning], "not used: quality was to be ignored")
        elif meaning == "slope" and (penalised or facts.choice("objective") == "wasserstein"):
            how = "norm of the critic's gradient at the penalty's points"
            out.take(named[meaning], Read(signal="lipschitz/mean", series=series, how=how))
        elif meaning in _UNUSED:
            out.skip(named[meaning], _UNUSED[meaning])
        elif meaning in _PLAIN and not meaning.startswith("d_loss"):
            signal, how = _PLAIN[meaning]
            averaged = "; already averaged over an epoch" if is_averaged(named[meaning]) else ""
            out.take(named[meaning], Read(signal=signal, series=series, how=how + averaged))
    if "lr" in columns and "learning_rate/discriminator" not in out.signals:
        out.signals["learning_rate/discriminator"] = columns["lr"]


def _list_the_others(out: Understood, collected: Collected) -> None:
    for name in collected.axes:
        out.readings.append(ColumnReading(name=name, signal=None, how=f"the axis ({axis_of(name)})"))
    least = max(2.0, _SEEN_OFTEN * collected.rows) if collected.rows > 2 else 1
    for name, count in collected.unknown.items():
        if count >= least:
            out.skip(name, "not used: a clock" if is_clock(name) else "not used: its name says nothing we know")
