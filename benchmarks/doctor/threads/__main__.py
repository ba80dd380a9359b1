"""Does the doctor name what was behind the questions that people ask?

    python -m benchmarks.doctor.threads                 # the blind book, which nothing was tuned on
    python -m benchmarks.doctor.threads --book more     # one that the doctor has learned from
    python -m benchmarks.doctor.threads --unseen        # all such books, each thread by a doctor without it
    python -m benchmarks.doctor.threads --unseen --finding few_readings   # and how often that finding is right

Prints how often the cause comes first and among the first three, how many healthy cases are left alone (nothing worse
than a risk is said), each with its 95 % Wilson interval, and every miss.
"""

import argparse
from collections.abc import Sequence

from benchmarks.doctor.threads.casebook import BLIND, BOOKS, OPENED, casebook
from benchmarks.doctor.threads.judge import Answer, answer
from benchmarks.doctor.threads.learn import in_place, unseen_in_turn
from equipoise.metrics import wilson_interval


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--book", choices=tuple(BOOKS), default=BLIND)
    parser.add_argument("--unseen", action="store_true", help="judge each thread by a model that did not see it")
    parser.add_argument("--finding", help="tell of this finding by itself how often its causes are right")
    options = parser.parse_args()

    answers = _unseen() if options.unseen else {options.book: [answer(case) for case in casebook(options.book)]}
    for book, given in answers.items():
        _report(book, given)
    if options.finding is not None:
        print(_of_finding(options.finding, [one for given in answers.values() for one in given]))


def _unseen() -> dict[str, list[Answer]]:
    """Every book that is not blind, each thread answered by a model that did not see it."""
    threads = casebook(*OPENED)
    answers = {}
    for learner, unseen in unseen_in_turn(threads):
        with in_place(learner):
            answers |= {threads[index].name: answer(threads[index]) for index in unseen}
    return {book: [answers[case.name] for case in casebook(book)] for book in OPENED}


def _of_finding(name: str, answers: Sequence[Answer]) -> str:
    told = [(one.case, one.by_finding[name]) for one in answers if name in one.by_finding]
    first, three = (sum(not set(causes[:count]).isdisjoint(case.expected) for case, causes in told) for count in (1, 3))
    healthy = sum(case.healthy for case, _ in told)
    return f"{name} is told in {len(told)} cases, {healthy} of them healthy: first right {first}, in three {three}"


def _report(book: str, answers: Sequence[Answer]) -> None:
    ill = [one for one in answers if not one.case.healthy]
    healthy = [one for one in answers if one.case.healthy]
    print(f"{len(answers)} cases ({book}): {len(ill)} with a cause, {len(healthy)} healthy")
    print(_share("cause first", [one.first for one in ill]))
    print(_share("cause in the first three", [one.among_three for one in ill]))
    print(_share("healthy left alone", [one.left_alone for one in healthy]))
    for one in answers:
        if not (one.left_alone if one.case.healthy else one.first):
            print(_miss(one))


def _share(label: str, right: list[bool]) -> str:
    interval = wilson_interval(sum(right), len(right))
    share = sum(right) / len(right)
    return f"{label:<26} {sum(right):3d}/{len(right):<3d} {share:6.1%}  ({interval.low:.1%} to {interval.high:.1%})"


def _miss(one: Answer) -> str:
    wanted = "healthy" if one.case.healthy else " or ".join(one.case.expected)
    place = next((index + 1 for index, name in enumerate(one.causes) if name in one.case.expected), None)
    severity = "unreadable" if one.unreadable else one.severity.value if one.severity else "nothing"
    return f"  {one.case.name} ({severity}, place {place}): wanted {wanted}; said {', '.join(one.causes[:6])}"


if __name__ == "__main__":
    main()
