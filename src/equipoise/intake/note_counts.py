"""Counts in free text that no phrase introduces: how many images there are, and shapes of layers written as code."""

import re
from collections.abc import Iterator, Mapping

from equipoise.core.records import FactValue
from equipoise.intake.note_numbers import value_of

Stated = Mapping[str, FactValue]

_THINGS = (
    r"(?:training |real |face |rgb |own |different |unique |labell?ed "
    r"|high[- ]res\w* )*(?:images?|imgs?|pics?|pictures?|photos?|"
    r"samples?|faces|logos?|paintings|examples|sketches|scans|volumes|drawings|icons|sprites|slices|portraits|"
    r"spectrograms|image pairs|pairs|videos?|clips)\b"
)
_MANY = re.compile(rf"(?<![\w.,/-])(\d[\d,.]*\d ?k?|\d ?k|\d+k) {_THINGS}", re.IGNORECASE)
_ABOUT_MANY = re.compile(rf"\b(a )?(few|couple of|several|some)? ?(dozen|hundred|thousand)s?(?: of)? {_THINGS}")
_OF_A_SET = re.compile(
    r"\b(?:dataset|data set|training set|data) (?:is |are )?(?:very |too |quite |really )?(?:small|tiny)\b"
)
_NOT_THE_DATA = re.compile(
    r"\b(?:fid|batch(?:es)?|generat\w+ \d|makes?|produces?|evaluat\w+"
    r"|iterations?|per (?:second|sec|step|iteration|epoch|class)|seen|"
    r"after \\d|inception|kid|synthes\w+|visuali\w+|grid of|shows?|tick|kimg)\b"
)
_BESIDE = {
    "g_steps": re.compile(
        r"discriminator[^;]{0,20}(?:once|one step|1 step|one update) (?:per"
        r"|every|for(?: every)?) (\d+) (?:steps of the )?generator"
    ),
    "d_steps": re.compile(
        r"discriminator[^;]{0,20}?\b(\d+) ?(?:x|times) (?:as|more)[^;]{0,12} (?:than|as) (?:the )?generator"
    ),
    "latent_dim": re.compile(
        r"\b(?:z|latents?(?: vectors?| code)?|noise(?: vector)?) (?:has|have"
        r"|with|of) (?:only )?(\d+) (?:dim\w*|values|components|entries|numbers)"
    ),
    "batch_size": re.compile(r"\bbatch ?= ?(\d+)\b"),
    "clip_value": re.compile(r"\bclip(?:ping|ped)?\b(?! ?grad)[^;\d]{0,15}\bc ?= ?(0?\.\d+|\d+e-\d+)"),
}
_MOMENTUM = re.compile(r"\bmomentum(?: of| is|=| =|:)? ?(0?\.\d+)(?!.*batch ?norm)")
_TWO_FIDS = re.compile(
    r"\bfid\D{0,12}(\d+(?:\.\d+)?)\s(?:at|after)\s[\d.,]+\s?k?\w*,?\s(?:then "
    r"|and |but )?(\d+(?:\.\d+)?)\s(?:at|after)\b"
)
_FROM_TO = re.compile(
    r"\bfid\b[^;\d]{0,40}\bfrom (?:about |around |~)?(\d+(?:\.\d+)?) (?:up "
    r"|back )?to (?:about |around |~)?(\d+(?:\.\d+)?)"
)
_WORSE = 1.5
_DOZENS = {"dozen": 12.0, "hundred": 100.0, "thousand": 1_000.0}
_FEW = 3.0
"""A few hundred."""
_MOST = 1e9
_MOST_P = 100.0

_OPTION = re.compile(r"--(batch(?:[-_]?size)?|bs|num[-_]?gpus?|gpus|lr|n[-_]critic|gamma)[ =]([\d.e-]+)")
_OPTIONS = {"batch": "batch_size", "bs": "batch_size", "gamma": "penalty_weight"}
_GPUS = re.compile(
    r"\b(\d+|two|three|four|eight|multi(?:ple)?|several)[ -]?(?:x )?(?:\w+ )?(?:gpus?"
    r"|cards|devices|workers|nodes|processes)\b|"
    r"data_?parallel\b|\bddp\b|\bdistributed training\b"
)
_WORDS = {"two": 2.0, "three": 3.0, "four": 4.0, "eight": 8.0}
_CALL = re.compile(r"(?P<name>conv\w*transpose\w*|deconv\w*)\((?P<arguments>(?:[^()]|\([^()]*\))*)")
_ARGUMENT = re.compile(r"\s*(?:(?P<name>\w+) ?= ?)?(?P<value>\([^()]*\)|[^,()\s][^,()]*)")
_TORCH, _KERAS = ("in", "out", "kernel_size", "stride"), ("out", "kernel_size", "stride")
"""Positional arguments of a transposed convolution."""
_PROBABILITY = re.compile(
    r"(?:\bp\b|probabilit\w+|\baugment(?:_p)?)(?! of | is applied)[^;\d]{0,40}?"
    r"(?:from \d[\d.]* (?:up )?to )?(\d+(?:\.\d+)?)(?! (?:up )?to \d)(?![\d%]|k\b|\.\d)"
)
_REAL_TARGET = re.compile(r"\breals?\b[^;\d]{0,25}(0?\.[6-9]\d?|1\.[0-2]\d?)")
_FAKE_TARGET = re.compile(r"\bfakes?\b[^;\d]{0,25}(0?\.[0-3]\d?)(?!\d)")


def counts_in(plain: str) -> Iterator[Stated]:
    """The counts that a sentence tells, one mapping for each."""
    yield from _sizes(plain)
    for name, text in _OPTION.findall(plain):
        fact = _OPTIONS.get(name) or ("batch_size" if name.startswith("batch") else None)
        if fact is not None:
            yield {fact: value_of(text)}
    for match in _GPUS.finditer(plain):
        number = match[1] or ""
        count = _WORDS.get(number) or (float(number) if number.isdigit() else 2.0)
        if not re.search(
            r"\b(?:on|with|a) (?:one|1|single)\b[^;]{0,10}$|\b(?:no|not|without)(?: \w+)? ?$", plain[: match.start()]
        ):
            yield {"processes": count}
    yield from _layers(plain)
    yield from _steps(plain)
    if re.search(r"\baugment|\bada\b", plain) and (told := _PROBABILITY.search(plain)) and float(told[1]) < _MOST_P:
        yield {"augmentation_probability": float(told[1])}
    if re.search(r"\blabels?\b|\bsmooth|\btargets?\b", plain):
        for name, pattern in (("real_target", _REAL_TARGET), ("fake_target", _FAKE_TARGET)):
            if told := pattern.search(plain):
                yield {name: float(told[1])}


def _steps(plain: str) -> Iterator[Stated]:
    """How often each player is trained, and other numbers that stand beside a word in no fixed order."""
    for name, pattern in _BESIDE.items():
        match = pattern.search(plain)
        if match:
            yield {name: value_of(match[1])}
    momentum = _MOMENTUM.search(plain)
    if momentum:
        yield {f"{player}_beta1": float(momentum[1]) for player in ("generator", "discriminator")}
    fid = _TWO_FIDS.search(plain) or _FROM_TO.search(plain)
    if fid and float(fid[2]) > _WORSE * float(fid[1]):
        yield {"samples": "worse"}


def _layers(plain: str) -> Iterator[Stated]:
    """Kernel and stride of transposed convolutions written as code."""
    for call in _CALL.finditer(plain):
        order = _KERAS if call["name"].startswith("conv2dtranspose") else _TORCH
        given: dict[str, float] = {}
        for place, argument in enumerate(_ARGUMENT.finditer(call["arguments"])):
            name = argument["name"] or (order[place] if place < len(order) else "")
            digit = re.search(r"\d+", argument["value"])
            if digit:
                given.setdefault("stride" if name == "strides" else name, float(digit.group()))
        if 1.0 < given.get("kernel_size", 0.0) < 16.0 and given.get("stride", 0.0) > 0.0:
            yield {
                "upsampling": "transposed",
                "upsampling_kernel": given["kernel_size"],
                "upsampling_stride": given["stride"],
            }


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
