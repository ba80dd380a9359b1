"""Frames of signs and targets that are wrong in code."""

from equipoise.intake.note_frames import Frame, frame
from equipoise.intake.note_words import D_LOSS, G_LOSS, D, G

ZERO = r"(?<![\d.])(?:0(?:\.0+)?(?![\d.]*\d)|zeros?\b)"
ONE = r"(?<![\d.])(?<!fake )(?<!real )(?:1(?:\.0+)?(?![\d.]*\d)|ones?\b)"
LOSS_CALL = r"(?:\w+\.)*\w*(?:criterion|bce|mse|cross_?entropy|loss_?fn|_loss|loss)\w*"

SIGNS: tuple[Frame, ...] = (
    # signs
    frame(
        {"generator_sign_wrong": True},
        r"\.?backward\( ?one ?\)",
        rf"{G}|{G_LOSS}",
        never=r"backward\(mone\)[^;]{0,30}generator",
    ),
    frame(
        {"generator_sign_wrong": True},
        rf"(?:{G_LOSS}) ?(?:=|is) ?\+? ?(?:\w+\.)*(?:reduce_)?mean\( ?(?:discriminator|critic"
        rf"|d|fake|net_?d|disc\w*|logits_fake|y_fake)\w*|"
        rf"(?:{G_LOSS}) ?(?:=|is) ?(?:\w+\.)*(?:d|discriminator|critic|disc)\w*\([^-]*\)\.mean\(\)",
    ),
    frame(
        {"generator_sign_wrong": True},
        rf"{G}|{G_LOSS}",
        r"wrong (?:sign|direction)|sign (?:is|was) (?:wrong|flipped|missing)|minus (?:sign )?(?:is )?(?:missing"
        r"|forgotten)|(?:forgot|missing|without)(?: the)? (?:minus|negative)|maximi[sz]e\w* instead of minimi[sz]"
        r"|minimi[sz]\w+ the (?:discriminator's )?score",
    ),
    frame(
        {"generator_sign_wrong": True},
        rf"{G}.{{0,60}}\b(?:fake labels?|labels? of (?:fake|zeros?)|zeros?_like|torch\.zeros"
        rf"|target (?:of )?0|label(?:s)? (?:is |are )?(?:0|zero|fake))",
        r"train|loss|step|updat|combined|gan\b",
        never=r"discriminator|log ?\(1|1 ?- ?",
    ),
    frame(
        {"discriminator_sign_wrong": True},
        D_LOSS,
        r"mean\([^()]*\([^()]*real[^()]*\) ?\+|= ?-\( ?[^()]*real[^()+]*\+[^()]*fake",
    ),
    frame(
        {"discriminator_sign_wrong": True},
        D,
        r"wrong (?:sign|direction)|sign (?:is|was) (?:wrong|flipped)|both (?:scores|terms) (?:are )?(?:pushed"
        r"|pulled|go) up|parenthes[ie]s",
    ),
    frame(
        {"labels_swapped": True},
        r"\blabels?\b|\btargets?\b",
        rf"\breals?\b[^;]{{0,40}}{ZERO}[^;]{{0,40}}\bfakes?\b[^;]{{0,30}}{ONE}"
        rf"|\bfakes?\b[^;]{{0,30}}{ONE}[^;]{{0,30}}\breals?\b[^;]{{0,30}}{ZERO}"
        r"|swapped|mixed up|wrong way (?:a?round)"
        r"|inverted",
        D + r"|\breals?\b",
        never=r"\bclass|condition|generator.{0,30}(?<![\d.])(?:0|zeros?)\b(?!\.\d)|on purpose|trick|hack",
    ),
    # targets and signs written as code
    frame(
        {"generator_sign_wrong": True},
        G_LOSS,
        rf"(?:=|:|\bis\b|\bas\b) ?[^;=]{{0,30}}{LOSS_CALL}\([^;]*(?:\bzeros(?:_like)?\b|\bfake_?labels?\b"
        rf"|\blabels?_?fake\b"
        r"|\bfake_?targets?\b)",
        never=r"\bones\b|ones_like|real_?labels?|d_?loss|log\(1",
    ),
    frame(
        {"generator_sign_wrong": True},
        G_LOSS,
        rf"(?:=|:|\bis\b) ?- ?{LOSS_CALL}\([^;]*(?:\bones(?:_like)?\b|\breal_?labels?\b|\blabels?_?real\b)",
    ),
    frame(
        {"generator_sign_wrong": True},
        r"\b(?:combined|gan|adversarial|stacked|generator|dcgan|a_?model|am)\w*\.?(?:train_on_batch|fit)\(",
        r"(?:train_on_batch|fit)\([^)]*(?:\bfakes?\b|zeros)",
    ),
    frame(
        {"discriminator_sign_wrong": True},
        rf"{D_LOSS}|{D}",
        r"(?:=|:|\bis\b|minimi[sz]\w+)[^;+-]{0,25}real[^;+-]{0,12} ?- ?[^;+-]{0,25}(?:fake|g\(z\)|gen)"
        r"|= ?- ?\(?[^;+-]{0,25}(?:fake|g\(z\))[^;+-]{0,14} ?- ?[^;+-]{0,25}real",
        r"minimi[sz]|\bwrong\b|\bflipped\b|\brevers\w+|\bopposite\b|other way|should be|\bswapped\b|real scores? go",
        never=r"maximi[sz]|minimi[sz]\w*\(? ?-|minus|negat\w+|\blog|should be -|generator",
    ),
    frame(
        {"labels_swapped": True},
        r"\w*reals?\w*|\bvalid\b",
        r"(?:\w*real\w*|\bvalid\b)[^;]{0,30}\bzeros[^;]{0,60}fake\w*[^;]{0,30}\bones"
        r"|fake\w*[^;]{0,30}\bones[^;]{0,60}real\w*"
        r"[^;]{0,30}\bzeros|\b(?:interchang|exchang|confus|revers|mixed|switch|swap)\w*",
        r"\blabels?\b|\btargets?\b|zeros",
        r"\bfakes?\b|\w+_fake\b",
        never=r"\bclass|condition|generator|on purpose|trick|hack|random\w*|\d ?%|sometimes|occasionally|soft"
        r"|noisy|with probab",
    ),
    frame(
        {"objective": "minimax"},
        G_LOSS,
        rf"(?:=|\bis\b) ?(?:just |simply |only )?(?:-|minus|the negative(?: of)?"
        rf"|the negated) ?(?:the )?(?:\w+\.)?{D_LOSS}",
        never=r"wgan|wasserstein|critic",
    ),
)
