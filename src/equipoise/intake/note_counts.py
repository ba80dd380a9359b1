"""Counts in free text that no phrase introduces: how many images there are, and shapes of layers written as code."""

import re
from collections.abc import Iterator, Mapping

from equipoise.core.records import FactValue
from equipoise.intake.note_numbers import value_of

Stated = Mapping[str, FactValue]

_THINGS = (
    r"(?:training |real |face |rgb |own |different |unique |labell?ed |high[- ]res\w* )*(?:images?|pictures?|photos?|"
    r"samples?|faces|logos?|paintings|examples|sketches|scans|volumes|drawings|icons|sprites|slices|portraits|"
    r"spectrograms|image pairs|pairs|videos?|clips)\b"
)
_MANY = re.compile(rf"(?<![\w.,/-])(\d[\d,.]*\d ?k?|\d ?k|\d+k) {_THINGS}", re.IGNORECASE)
_ABOUT_MANY = re.compile(rf"\b(a )?(few|couple of|several|some)? ?(dozen|hundred|thousand)s?(?: of)? {_THINGS}")
_OF_A_SET = re.compile(r"\b(?:dataset|data set|training set|data) (?:is |are )?(?:very |too |quite |really )?(?:small|tiny)\b")
_NOT_THE_DATA = re.compile(
    r"\b(?:fid|batch(?:es)?|generat\w+ \d|evaluat\w+|iterations?|per (?:second|sec|step|iteration|epoch|class)|seen|"
    r"after|inception|kid|synthes\w+|visuali\w+|grid of|shows?|tick|kimg)\b"
)
_DOZENS = {"dozen": 12.0, "hundred": 100.0, "thousand": 1_000.0}
_FEW = 3.0
"""A few hundred."""
_MOST = 1e9

_OPTION = re.compile(r"--(batch(?:[-_]?size)?|bs|num[-_]?gpus?|gpus|lr|n[-_]critic|gamma)[ =]([\d.e-]+)")
_OPTIONS = {"batch": "batch_size", "bs": "batch_size", "gamma": "penalty_weight"}
_GPUS = re.compile(
    r"\b(\d+|two|three|four|eight|multi(?:ple)?|several)[ -]?(?:x )?(?:\w+ )?(?:gpus?|cards|devices|workers|nodes|processes)\b|"
    r"\bdata_?parallel\b|\bddp\b|\bdistributed training\b"
)
_WORDS = {"two": 2.0, "three": 3.0, "four": 4.0, "eight": 8.0}
_TRANSPOSED = re.compile(
    r"(?:conv\w*transpose\w*|deconv\w*)\( ?[^()]*?(?:kernel_size ?= ?|, ?)\(?(\d)(?:, ?\d ?\))?[^()]*?(?:strides? ?= ?|, ?)\(?(\d)(?:, ?\d ?\))?"
)
_POSITIONAL = re.compile(r"conv\w*transpose\w*\( ?[\w*/. ]+, ?[\w*/. ]+, ?(\d) ?, ?(\d)\b")


def counts_in(plain: str) -> Iterator[Stated]:
    """The counts that a sentence tells, one mapping for each."""
    yield from _sizes(plain)
    for name, text in _OPTION.findall(plain):
        fact = _OPTIONS.get(name) or ("batch_size" if name.startswith("batch") else None)
        if fact is not None:
            yield {fact: value_of(text)}
    for match in _GPUS.finditer(plain):
        told = match[1]
        count = _WORDS.get(told or "") or (float(told) if told and told.isdigit() else 2.0)
        if not re.search(r"\b(?:on|with|a) (?:one|1|single)\b[^.;]{0,10}$|\b(?:no|not|without)(?: \w+)? ?$", plain[: match.start()]):
            yield {"processes": count}
    shape = _POSITIONAL.search(plain) or _TRANSPOSED.search(plain)
    if shape is not None and 1 < int(shape[1]) < 10 and int(shape[2]) < 5:
        yield {"upsampling": "transposed", "upsampling_kernel": float(shape[1]), "upsampling_stride": float(shape[2])}


def _sizes(plain: str) -> Iterator[Stated]:
    if _NOT_THE_DATA.search(plain):
        return
    for match in _MANY.finditer(plain):
        size = value_of(match[1].rstrip(".,").lower())
        if 1.0 < size < _MOST:
            yield {"dataset_size": size}
    for match in _ABOUT_MANY.finditer(plain):
        yield {"dataset_size": _DOZENS[match[3]] * (_FEW if match[2] else 1.0)}
    if _OF_A_SET.search(plain):
        yield {"dataset_size": 1_000.0}
