"""What the name of a column means. Every word of a name must be understood; one that is not makes it no match."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

Axis = Literal["epoch", "counter", "images", "kimg"]

TOTAL = " (of)"
"""Ends the name of the second number of `3/200` after an axis: where that axis is to end."""
SECOND = " (second)"
"""Ends the name of the second number of `D(G(z)): 0.3 / 0.02`."""

_AXES: dict[str, Axis] = {
    "epoch": "epoch", "epochs": "epoch", "ep": "epoch",
    "step": "counter", "steps": "counter", "global step": "counter", "iter": "counter", "iters": "counter",
    "iteration": "counter", "iterations": "counter", "it": "counter", "itr": "counter", "batch": "counter",
    "batches": "counter", "global iteration": "counter", "trainer global step": "counter", "train step": "counter",
    "training step": "counter", "batch idx": "counter", "batch id": "counter", "batch i": "counter",
    "niter": "counter", "n iter": "counter", "cur step": "counter", "current step": "counter",
    "total iters": "counter", "total steps": "counter", "minibatch": "counter", "update": "counter",
    "updates": "counter", "gen iterations": "counter", "generator iterations": "counter", "i": "counter",
    "generator iter": "counter", "g iter": "counter", "gen iter": "counter", "gen step": "counter",
    "images": "images", "cur nimg": "images", "nimg": "images", "images seen": "images", "samples seen": "images",
    "kimg": "kimg", "progress kimg": "kimg",
}  # fmt: skip

_WORDS: dict[str, str] = {
    word: kind
    for kind, words in {
        "D": "d dis disc discr discrim discriminator discriminators critic c netd crit",
        "G": "g gen generator generators netg",
        "LOSS": "loss losses err error errs cost logloss l",
        "REAL": "real reals true",
        "FAKE": "fake fakes generated synthetic false",
        "ADV": "adv adversarial gan wgan bce hinge lsgan",
        "SCORE": "score scores logit logits output outputs out pred prediction predictions validity",
        "PROB": "prob probs probability probabilities confidence sigmoid",
        "SIGN": "sign signs",
        "ACC": "acc accuracy",
        "GP": "gp gradpen penalty",
        "R1": "r1",
        "R2": "r2",
        "GRAD": "grad grads gradient gradients",
        "NORM": "norm norms gradnorm slope slopes",
        "LIPSCHITZ": "lipschitz interpolates interpolated interp xhat",
        "W": "w wasserstein emd em wd wdist wdistance wass earth mover movers",
        "DISTANCE": "distance dist estimate est metric divergence",
        "LR": "lr learningrate",
        "LEARNING": "learning",
        "RATE": "rate",
        "FID": "fid frechet",
        "KID": "kid",
        "IS": "is inception",
        "AUG": "augment aug ada augmentation",
        "P": "p",
        "R": "r",
        "F": "f",
        "OTHER": "val valid validation test eval held",
    }.items()
    for word in words.split()
}
_FILLERS = frozenset(
    "train training trainer avg average mean value values scalar scalars metric metrics current cur running step steps "
    "epoch iter batch of the in per final last this total tot overall model x z s t progress smoothed moving median "
    "all log logs stats history net network item full results result".split()
)
_CLOCKS = frozenset("time timestamp runtime elapsed eta sec secs seconds duration timing ms progress".split())
_GLUED = re.compile(r"(d|g|c|dis|disc|gen|critic|adv)?(loss|err|acc|lr)(es)?(d|g|c|dis|disc|gen)?(real|fake)?")
_SAMPLED_METRIC = re.compile(r"(fid|kid|is)\d+k(?:full)?")
"""`fid50k_full`: a metric with the number of its samples."""
_DISCRIMINATOR = r"(?:d|c|f|dis|disc|critic|discriminator|net_?d)"
_OUTPUT_AT_FAKE = re.compile(
    rf"\b{_DISCRIMINATOR}\s*\(\s*(?:g\s*\(\s*z?\s*\d?\s*\)\s*\d?|g|z|fake\w*|gen\w*|sr|x_?(?:fake|hat|gen)|g_?z)\s*\)"
    r"|\bd_?g_?z_?1?\b|\bdg_?z_?1?\b"
)
_OUTPUT_AT_FAKE_LATER = re.compile(r"\bd_?g_?z_?2\b|\bd\s*\(\s*g\s*\(\s*z\s*\)\s*\)\s*_?2\b|\bd\s*\(g\(z2?\)\)2")
_OUTPUT_AT_REAL = re.compile(rf"\b{_DISCRIMINATOR}\s*\(\s*(?:x(?:_?real)?|real\w*|hr)\s*\)|\bd_?x\b")
_OTHER_TONGUES = {
    "判别器": " d ", "鉴别器": " d ", "生成器": " g ", "评论家": " critic ", "损失": " loss ", "训练": " train ",
    "轮次": " epoch ", "轮数": " epoch ", "周期": " epoch ", "轮": " epoch ", "迭代": " iteration ",
    "步数": " step ", "步": " step ", "批次": " batch ", "准确率": " acc ", "梯度惩罚": " gp ", "学习率": " lr ",
    "第": " ", "真实": " real ", "虚假": " fake ", "距离": " distance ",
}  # fmt: skip

_MEANINGS: dict[frozenset[str], str] = {
    frozenset(words.split()): meaning
    for meaning, spellings in {
        "d_loss": ("D LOSS", "D LOSS ADV", "D ADV"),
        "d_loss_real": ("D LOSS REAL", "D LOSS R", "LOSS REAL", "D LOSS REAL ADV"),
        "d_loss_fake": ("D LOSS FAKE", "D LOSS F", "LOSS FAKE", "D LOSS FAKE ADV"),
        "g_loss": ("G LOSS", "G LOSS FAKE"),
        "g_adversarial": ("G ADV", "G LOSS ADV", "LOSS ADV"),
        "d_bare": ("D",),
        "g_bare": ("G",),
        "d_real": ("D REAL", "D SCORE REAL", "SCORE REAL", "D REAL PROB", "REAL PROB", "LOSS SCORE REAL", "P REAL"),
        "d_fake": ("D FAKE", "D SCORE FAKE", "SCORE FAKE", "D FAKE PROB", "FAKE PROB", "LOSS SCORE FAKE", "P FAKE"),
        "sign_real": ("SIGN REAL", "LOSS SIGN REAL", "D SIGN REAL"),
        "sign_fake": ("SIGN FAKE", "LOSS SIGN FAKE", "D SIGN FAKE"),
        "w": ("W", "W DISTANCE", "D W DISTANCE", "D W", "W D DISTANCE", "LOSS W DISTANCE"),
        "w_loss": ("W LOSS", "D W LOSS"),
        "w_loss_generator": ("G W LOSS",),
        "gp": ("GP", "D GP", "GRAD GP", "D GRAD GP", "GP LOSS", "D GP LOSS", "GRAD GP LOSS", "W GP", "D GRAD GP LOSS"),
        "r1": ("R1", "R1 GP", "R1 LOSS", "LOSS R1 GP", "D R1", "D R1 GP", "D R1 LOSS", "R1 GRAD GP"),
        "r2": ("R2", "R2 GP", "R2 LOSS", "LOSS R2 GP", "D R2", "D R2 GP", "D R2 LOSS", "R2 GRAD GP"),
        "slope": ("NORM", "GRAD NORM", "LIPSCHITZ", "GRAD NORM LIPSCHITZ", "D LIPSCHITZ", "D NORM LIPSCHITZ",
                  "D GRAD NORM LIPSCHITZ", "NORM LIPSCHITZ"),
        "d_gradient": ("D GRAD NORM", "D GRAD", "D NORM"),
        "g_gradient": ("G GRAD NORM", "G GRAD", "G NORM"),
        "accuracy": ("ACC", "D ACC"),
        "accuracy_real": ("ACC REAL", "D ACC REAL"),
        "accuracy_fake": ("ACC FAKE", "D ACC FAKE"),
        "lr": ("LR", "LEARNING RATE"),
        "lr_d": ("D LR", "D LEARNING RATE"),
        "lr_g": ("G LR", "G LEARNING RATE"),
        "fid": ("FID", "FID SCORE", "FID DISTANCE"),
        "kid": ("KID", "KID SCORE"),
        "inception": ("IS", "IS SCORE"),
        "augmentation": ("AUG", "AUG P", "AUG PROB"),
    }.items()
    for words in spellings
}  # fmt: skip

_NUMBERED_LOSSES = {"d1": "d_first", "d2": "d_second", "c1": "d_first", "c2": "d_second"}
"""The loss of one discriminator on reals and then on fakes, beside a `g`; else those of two discriminators."""

_OWN_ROOMS = frozenset(
    "logits separation probability wasserstein penalty gradient_norm weights samples lipschitz gradients updates "
    "condition".split()
)


@lru_cache(maxsize=4096)
def axis_of(name: str) -> Axis | None:
    """Which axis a column of that name counts on, if it is one."""
    return _AXES.get(" ".join(_words(name.removesuffix(TOTAL))))


@lru_cache(maxsize=4096)
def meaning_of(name: str) -> str | None:
    """What a column of that name holds, as a word that `columns` reads; a signal's own path means itself."""
    room, _, quantity = name.partition("/")
    if room in _OWN_ROOMS and re.fullmatch(r"[a-z0-9_]+", quantity):
        return name
    if name.endswith(SECOND):
        return "d_fake_later" if meaning_of(name.removesuffix(SECOND)) == "d_fake" else None
    words = _words(name)
    if len(words) > 12:
        return None
    if words == ["a", "loss"]:  # the adversarial model: the generator, seen through the discriminator
        return "g_loss"
    if len(words) == 2 and words[1] in ("a", "b") and _WORDS.get(words[0]) in ("D", "G"):  # CycleGAN's two games
        return f"{_WORDS[words[0]].lower()}_bare" if words[1] == "a" else "second_game"
    kept = [word for word in words if word not in _FILLERS] or words
    if len(kept) == 1 and kept[0] in _NUMBERED_LOSSES:
        return _NUMBERED_LOSSES[kept[0]]
    kinds = {_WORDS.get(word, "?") for word in kept}
    if "LATER" in words:
        return "d_fake_later"
    if "OTHER" in kinds:
        return "held_out" if _MEANINGS.get(frozenset(kinds - {"OTHER"})) else None
    meaning = _MEANINGS.get(frozenset(kinds))
    if meaning is None and quantity:
        inner = meaning_of(quantity)  # the room may be anybody's word: `exp3/d_loss`
        return None if inner in ("d_bare", "g_bare") else inner
    return meaning


@lru_cache(maxsize=4096)
def is_clock(name: str) -> bool:
    """Whether a column of that name holds times and the like."""
    return bool(_CLOCKS & set(_words(name)))


@lru_cache(maxsize=4096)
def is_averaged(name: str) -> bool:
    """Whether the name says that its values are means over an epoch."""
    words = _words(name)
    return len(words) > 1 and words[-1] == "epoch"


@lru_cache(maxsize=4096)
def is_total(name: str) -> bool:
    """Whether the name says that a loss is the sum of all its terms."""
    return bool({"total", "tot", "overall"} & set(_words(name)))


def _words(name: str) -> list[str]:
    text = unicodedata.normalize("NFKC", name[:200])
    for foreign, english in _OTHER_TONGUES.items():
        text = text.replace(foreign, english)
    low = text.lower()
    if _OUTPUT_AT_FAKE_LATER.search(low):
        return ["LATER"]
    for pattern, meant in ((_OUTPUT_AT_FAKE, " d fake "), (_OUTPUT_AT_REAL, " d real ")):
        if pattern.search(low):
            text = low = pattern.sub(meant, low)
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text).lower()
    words: list[str] = []
    for word in re.sub(r"[\W_]+", " ", text).split():
        word = _SAMPLED_METRIC.sub(r"\1", word)
        glued = _GLUED.fullmatch(word)
        words += [part for part in glued.groups() if part and part != "es"] if glued else [word]
    return words
