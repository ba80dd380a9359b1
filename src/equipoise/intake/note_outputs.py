"""Frames of what the players end in, which loss stands behind it, and how they are normalised."""

from equipoise.intake.note_frames import NO, Frame, frame
from equipoise.intake.note_words import BATCH_NORM, BCE, G_LOSS, LAST, LEFT_ON, LOGITS, ONE_UNIT, SIGMOID, D, G

OUTPUTS: tuple[Frame, ...] = (
    # last layers and losses
    frame(
        {"discriminator_output": "sigmoid"},
        SIGMOID,
        rf"{D}.*{SIGMOID}|{SIGMOID}.*{D}",
        LAST + "|" + LEFT_ON,
        never=rf"generator[^.,;]{{0,40}}{SIGMOID}|{NO} {{0,1}}(?:\w+ ){{0,3}}{SIGMOID}"
        rf"|{SIGMOID}\w* (?:activation )?(?:is"
        rf"|was|were)? ?(?:removed|dropped|missing|gone)|only (?:for|used for) (?:debug"
        rf"|logging|display)",
    ),
    frame(
        {"discriminator_output": "sigmoid"},
        SIGMOID,
        r"should(?:n't| not) (?:there )?(?:the |be|have|use)[^;]{0,30}sigmoid|sigmoid[^;]{0,30}should(?:n't"
        r"| not)|should(?:n't)?[^;]{0,40}sigmoid[^;]{0,30}(?:removed|dropped|left out)"
        r"|sigmoid[^;]{0,20}should be (?:removed|dropped)",
        rf"{D}|last|final|output",
        never=r"generator",
        denied_too=True,
    ),
    frame({"discriminator_output": "sigmoid"}, rf"{ONE_UNIT}[^;]{{0,60}}{SIGMOID}", SIGMOID, never=r"generator"),
    frame(
        {"discriminator_output": "tanh"},
        r"\btanh\b",
        rf"{D}.{{0,60}}\btanh|\btanh\b.{{0,60}}{D}",
        LAST,
        never=r"generator|\bno tanh|not tanh",
    ),
    frame(
        {"discriminator_output": "linear"},
        r"\bsigmoid|\bactivation",
        rf"(?:{NO}|\bremoved\b) ?(?:\w+ ){{0,4}}(?:sigmoid|activation)|(?:sigmoid|activation)\w* (?:is"
        rf"|was)? ?(?:removed|missing|not)|activation ?= ?none",
        rf"{D}|{BCE}",
        never=r"generator (?:has|uses|ends)|should",
    ),
    frame(
        {"loss_function": "bce_with_logits"},
        LOGITS,
        r"loss|criterion|cross|bce",
        never=rf"{NO} (?:\w+ ){{0,2}}(?:from_logits|bcewithlogits)",
    ),
    frame(
        {"loss_function": "bce"},
        BCE,
        r"loss|criterion|train\w*|compil\w*|labels?|\bbce",
        never=LOGITS + r"|instead of|replac|works?\b",
    ),
    frame(
        {"loss_function": "mse"},
        r"squared (?:error|loss|difference)|\bmse\b|\bl2 loss|mean[ _]squared",
        D,
        never=r"pixel|reconstruct|perceptual|content",
    ),
    frame(
        {"objective": "wasserstein", "loss_function": "other"},
        r"\blog\b|\.log\(",
        G_LOSS + r"|generator",
        r"wgan|wasserstein",
        reach="near",
        never=r"\blog(?:s|ged|ging)?\b (?:file|of|below)|tensorboard",
    ),
    # normalisation
    frame(
        {"discriminator_normalisation": "batch"},
        BATCH_NORM,
        rf"{D}|--norm|build_discriminator|\bboth\b|everywhere|all (?:the )?(?:layers|conv)"
        rf"|every (?:conv|layer|block)",
        never=rf"{NO} (?:\w+ )?{BATCH_NORM}|only (?:in|for) (?:the )?generator"
        rf"|(?:generator|\bg)\b[^;]{{0,25}}{BATCH_NORM}(?!.*{D})"
        rf"|(?:layer|instance|group)[ _-]?norm\w* instead|replaced? (?:the )?{BATCH_NORM}"
        rf"|removed? (?:the )?{BATCH_NORM}|is_training|eval",
    ),
    frame(
        {"normalisation_at_generator_output": True},
        r"\b(?:batch|instance|layer|group)[ _-]?norm\w*|\bnorms?\b|\bnormali[sz]ation\b|\bbn\b",
        r"(?:norm|norms|normali[sz]ation|batchnorm\w*|\bbn)\b[^;]{0,40}(?:before"
        r"|then|followed by|in front of|and|->)[^;]{0,25}\btanh"
        r"|(?:before|input of|in front of) (?:the )?(?:final |last )?tanh|tanh[^;]{0,25}(?:after"
        r"|follows|is preceded by)[^;]{0,25}norm",
        never=rf"\b{NO} norm(?!.*original)",
    ),
    frame(
        {"batch_norm_eps": 0.8},
        r"batchnorm\w*\( ?[\w*/]+ ?, ?0?\.8 ?\)|\beps(?:ilon)? ?(?:=|is|of|:)? ?0?\.8\b",
        r"norm|\bbn\b",
    ),
    # what the usual frames miss
    frame(
        {"discriminator_output": "sigmoid", "loss_function": "bce_with_logits"},
        SIGMOID,
        r"\btwice\b|\bdouble[ -]sigmoid|\b(?:two|second) sigmoids?\b|second time|another sigmoid|on top of (?:a"
        r"|the) sigmoid"
        r"|both in the (?:model|network|discriminator) and (?:in )?the loss|(?:once|one) in the (?:model|network"
        r"|discriminator)",
        never=rf"{NO} (?:\w+ )?(?:twice|double)|generator",
    ),
    frame(
        {"discriminator_output": "sigmoid"}, r"\buse_?sigmoid\b", r"\btrue\b|\bon\b|default|\bset\b|\bstill\b|together"
    ),
    frame(
        {"discriminator_output": "linear", "loss_function": "bce"},
        r"between 0 and 1|\[0, ?1\]",
        r"elements of input|inputs? values?|inputs? (?:should|must)|\bassert\w*",
        BCE,
        reach="text",
        never=rf"{LOGITS}|(?:has|with|ends in|after) (?:a |the )?sigmoid",
    ),
    frame(
        {"discriminator_output": "linear"},
        r"\blinear\b|\braw (?:logits?|scores?|outputs?|values)|\bunbounded\b|\bunnormali[sz]ed\b|\bidentity\b"
        r"|\blogits\b",
        r"(?:\bis|\bare|\bhas an?|\bwith an?|\bpure(?:ly)?|\bplain|\bjust) (?:an? )?linear\b(?! layer)|linear (?:output"
        r"|unit|activation)"
        r"|\braw\b|\bunbounded\b|\bunnormali[sz]ed\b|\bidentity\b|outputs? (?:are )?(?:the )?logits",
        rf"{D}|{BCE}|{ONE_UNIT}",
        never=r"generator|should|with_?logits|from_logits ?= ?true",
    ),
    frame(
        {"objective": "wasserstein", "loss_function": "bce"},
        BCE,
        r"\bwgan\w*|\bwasserstein\b",
        r"train\w*|compil\w*|\bloss\b|\buses?\b|criterion",
        reach="near",
        never=r"instead of|rather than|replac\w+|\bworks?\b|\bworked\b|\bbefore\b|switch\w*|\bthan\b|compar\w+"
        r"|\baux\w*|\bclass\b"
        r"|classif\w*|dcgan|vanilla|standard gan|normal gan|\bunlike\b|\bfrom bce|changed|also tried|\bboth\b",
    ),
    frame(
        {"discriminator_normalisation": "batch"},
        BATCH_NORM,
        r"should(?:n't| not) (?:be|have|use)|must(?:n't| not)|(?:has|have) to go|should (?:be"
        r"|have been) (?:removed|dropped|replaced"
        r"|left out|layer)|not allowed|is wrong|not compatible|incompatible|breaks?\b",
        never=r"generator|\bno batch|without batch|eval|is_training",
        denied_too=True,
    ),
    frame(
        {"normalisation_at_generator_output": True},
        r"\b(?:batch|instance|layer|group)[ _-]?norm\w*|\bnormali[sz]ation\b|\bbn\b",
        rf"\b(?:last|final|very last|output) (?:\w+ )?(?:layer|conv\w*|deconv\w*|block)s?\b[^;]{{0,25}}{G}"
        rf"|{G}[^;]{{0,50}}\b(?:last|final|very last|output) (?:\w+ )?(?:layer|conv\w*|deconv\w*|block)",
        never=r"\b(?:except|but|besides|apart from|other than|excluding|save) (?:for )?(?:in )?(?:the "
        r"|its )?(?:last|output|final)"
        rf"|{NO} (?:\w+ )?(?:batch|norm|bn\b)",
    ),
    frame(
        {"discriminator_activation": "relu"},
        r"(?<!leaky)(?<!leaky[ _-])(?<![pl])\brelus?\b",
        rf"{D}[^;]{{0,60}}\brelu|\brelus?\b[^;]{{0,40}}{D}",
        r"instead of|rather than|not leaky|everywhere|hidden|between|all (?:the )?layers|each layer",
        never=r"generator|\b(?:last|final|output)\b|hinge|instead of (?:a )?relu",
    ),
)
