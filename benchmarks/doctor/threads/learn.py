"""Learn which failures a text sounds like, from how people tell of each.

    python -m benchmarks.doctor.threads.learn                   # writes the model that the package reads
    python -m benchmarks.doctor.threads.learn --cross-validate  # how often it is right on threads it has not seen

It learns from `wordings`, one file a failure and one of worries without need, a text a line, and from the threads of
every book that is not blind, which count twice. Where a thread has more than one right answer, the later count half.
"""

import argparse
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

from benchmarks.doctor.threads.casebook import BOOKS, OPENED, ThreadCase, casebook
from equipoise.diagnosis.rules.spoken_of import CALM
from equipoise.intake import facts_in, note_resemblance
from equipoise.intake.note_resemblance import HEALTHY, MODEL, PAIR_WEIGHT, TOLD, pairs, stems, with_objective
from equipoise.intake.notes import facts_in_notes
from equipoise.reports.diagnosis import given_facts

WORDINGS = Path(__file__).with_name("wordings")
RIDGE, LATER, THREAD, PAIRS, RARITY = 5.0, 0.5, 2.0, 3, 0.4
"""The penalty of the weights; what a later answer counts; what a thread counts; texts that must have a pair of stems;
the power of how much rarer than others a failure is, by which its texts count more.

They were chosen by cross-validation over the books that are not blind; so were the letters of a word that count."""

BANDS = (0.1, 0.2, 0.3)

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """A text with the failures that it tells of, the root first."""

    text: str
    answers: tuple[str, ...]
    weight: float = 1.0


class Learner:
    """The model as it is learned; `equipoise.intake.note_resemblance` holds what becomes of it."""

    def __init__(self, tellings: Sequence[Telling]) -> None:
        self.parts = (
            (TfidfVectorizer(analyzer=stems, sublinear_tf=True), 1.0),
            (TfidfVectorizer(analyzer=pairs, sublinear_tf=True, min_df=PAIRS), PAIR_WEIGHT),
        )
        self.names = sorted({answer for telling in tellings for answer in telling.answers})
        texts = [telling.text for telling in tellings]
        known = hstack([weight * part.fit_transform(texts) for part, weight in self.parts])
        wanted = np.zeros((len(tellings), len(self.names)))
        for row, telling in zip(wanted, tellings, strict=True):
            row[[self.names.index(answer) for answer in telling.answers]] = LATER
            row[self.names.index(telling.answers[0])] = 1.0
        self.ridge = Ridge(alpha=RIDGE).fit(known, wanted, sample_weight=_weights(tellings, self.names))

    def scores(self, texts: Sequence[str]) -> Array:
        """One row a text, one column a name."""
        known: csr_matrix = hstack([weight * part.transform(texts) for part, weight in self.parts])
        return np.asarray(self.ridge.predict(known))

    def save(self, path: Path) -> None:
        """Weights in 8 bits, a scale for each name."""
        weights = np.ascontiguousarray(self.ridge.coef_.T)  # safetensors writes memory as it lies
        scale = np.abs(weights).max(axis=0) / 127
        save_file(
            {
                "weights": np.round(weights / scale).astype(np.int8),
                "scale": scale.astype(np.float32),
                "offsets": self.ridge.intercept_.astype(np.float32),
                "rarity": np.concatenate([part.idf_ for part, _ in self.parts]).astype(np.float32),
            },
            path,
            metadata={
                "texts": digest_of_texts(),
                "names": "\n".join(self.names),
                "terms": "\n".join(term for part, _ in self.parts for term in part.get_feature_names_out()),
            },
        )


def _weights(tellings: Sequence[Telling], names: Sequence[str]) -> Array:
    """What each text counts: the failures that are told of most would else be named wherever nothing decides."""
    told = dict.fromkeys(names, 0.0)
    for telling in tellings:
        told[telling.answers[0]] += telling.weight
    usual = sum(told.values()) / len(names)
    rarity = {name: 1.0 if name == HEALTHY else (usual / max(count, 1.0)) ** RARITY for name, count in told.items()}
    return np.array([telling.weight * rarity[telling.answers[0]] for telling in tellings])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--out", type=Path, default=MODEL)
    options = parser.parse_args()
    threads = casebook(*OPENED)
    if options.cross_validate:
        cross_validate(threads)
        return
    learner = Learner([*wordings(), *map(told_in, threads)])
    learner.save(options.out)
    print(f"{options.out}: {len(learner.names)} names, {options.out.stat().st_size:,} bytes")


def digest_of_texts() -> str:
    """Of all that is learned from, so that a model can be told from one of other texts."""
    paths = [*sorted(WORDINGS.glob("*.txt")), *(BOOKS[name] for name in OPENED)]
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in paths)).hexdigest()


def wordings() -> list[Telling]:
    """Every line of every file."""
    return [
        Telling(text=line, answers=(path.stem,))
        for path in sorted(WORDINGS.glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def told_in(thread: ThreadCase) -> Telling:
    """The text of a thread, and the objective where it is given or stated."""
    return Telling(text=text_of(thread), answers=thread.expected or (HEALTHY,), weight=THREAD)


def text_of(thread: ThreadCase) -> str:
    """As `equipoise diagnose` gives it to the model."""
    file = facts_in({**thread.facts, "notes": thread.notes})
    known = facts_in_notes(file.text).facts.joined(file.facts).joined(given_facts(thread.objective, []))
    return with_objective(file.text, known.choice("objective"))


def cross_validate(threads: Sequence[ThreadCase]) -> None:
    """Print how often the first failure, and one of three, is right, by how much the text sounds like the first."""
    best, calm = np.zeros(len(threads)), np.zeros(len(threads))
    first, three = np.zeros(len(threads), dtype=bool), np.zeros(len(threads), dtype=bool)
    for learner, unseen in unseen_in_turn(threads):
        healthy = learner.names.index(HEALTHY)
        for index, scores in zip(unseen, learner.scores([text_of(threads[index]) for index in unseen]), strict=True):
            worry, scores[healthy] = scores[healthy], -np.inf
            names = [learner.names[place] for place in np.argsort(-scores)[:TOLD]]
            best[index], calm[index] = scores.max(), worry - scores.max()
            first[index] = names[0] in threads[index].expected
            three[index] = not set(names).isdisjoint(threads[index].expected)
    ill = np.array([bool(thread.expected) for thread in threads])
    print(_rates(best, first, three, ill))
    for label, chosen in (("with a cause", calm[ill]), ("healthy", calm[~ill])):
        print(f"a note is said of {(chosen >= CALM).sum()} of {len(chosen)} {label}")


def unseen_in_turn(threads: Sequence[ThreadCase], folds: int = 8) -> Iterator[tuple[Learner, list[int]]]:
    """Models that have each not seen some of the threads, and which; every thread once."""
    for seen, unseen in KFold(folds, shuffle=True, random_state=0).split(threads):
        yield Learner([*wordings(), *(told_in(threads[index]) for index in seen)]), unseen.tolist()


@contextmanager
def in_place(learner: Learner) -> Iterator[None]:
    """Inside, the doctor reads notes by this model."""
    own = note_resemblance.MODEL
    with TemporaryDirectory() as folder:
        note_resemblance.MODEL = Path(folder) / "model.safetensors"
        learner.save(note_resemblance.MODEL)
        note_resemblance.learned.cache_clear()
        try:
            yield
        finally:
            note_resemblance.MODEL = own
            note_resemblance.learned.cache_clear()


def _rates(best: Array, first: Array, three: Array, ill: Array) -> str:
    """A line for each band of resemblance."""
    lines = ["resemblance    threads with a cause    first    in three"]
    for low, high in pairwise((-np.inf, *BANDS, np.inf)):
        band = (best >= low) & (best < high) & ill
        lines.append(f"{low:5.2f} to {high:4.2f} {band.sum():23d} {first[band].mean():8.0%} {three[band].mean():11.0%}")
    lines.append(f"all {ill.sum():30d} {first[ill].mean():8.0%} {three[ill].mean():11.0%}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
