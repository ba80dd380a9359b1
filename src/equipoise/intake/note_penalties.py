"""Frames of how a penalty, a last layer, a normalisation or a sign is wrong in code."""

from equipoise.intake.note_frames import NO, Frame, frame
from equipoise.intake.note_words import (
    ALL_AXES,
    BATCH_NORM,
    BCE,
    D_LOSS,
    G_LOSS,
    GRADIENTS,
    IMAGES,
    LAST,
    LEFT_ON,
    LOGITS,
    NORM,
    ONE_AXIS,
    ONE_UNIT,
    PENALTY,
    SIGMOID,
    D,
    G,
)

ZERO = r"(?<![\d.])(?:0(?:\.0+)?(?![\d.]*\d)|zeros?\b)"
ONE = r"(?<![\d.])(?<!fake )(?<!real )(?:1(?:\.0+)?(?![\d.]*\d)|ones?\b)"

PENALTIES: tuple[Frame, ...] = (
    frame({"penalty_reaches_weights": False}, r"create_graph ?(?:=|is|was|set to)? ?(?:set to )?false"),
    frame(
        {"penalty_reaches_weights": False},
        PENALTY,
        r"never (?:enters?|reach\w*|ends? up|goes?|gets?)|(?:only|just) (?:print|log|display)\w*",
        r"loss|backward",
        never=r"only (?:print|log)\w* (?:the )?(?:loss|every)",
    ),
    frame(
        {"generator_sign_wrong": True},
        r"(?:fake labels?|label \(?0|zeros?\b|label of (?:fake|0|zero)\w*)",
        r"(?:train\w*|for|updat\w*|step)[^;]{0,20}generator",
        never=r"discriminator|1 ?-|zero_?grad|zeros as latents",
    ),
    frame(
        {"generator_sign_wrong": True},
        rf"(?:{G_LOSS}) ?(?:=|is|:) ?\+? ?(?:\w+\.)*(?:reduce_)?mean\( ?(?:discriminator|critic|net_?d|d|disc\w*)\(|"
        rf"(?:{G_LOSS}) ?(?:=|is|:) ?(?:net_?d|d|discriminator|critic|disc\w*)\([^-]*\)\.mean\(\)|"
        rf"(?:{G_LOSS}) ?(?:=|is|:) ?(?:d_?)?fakes?\w*\.mean\(\)",
        never=r"maximi[sz]",
    ),
    frame(
        {"discriminator_output": "sigmoid", "loss_function": "bce_with_logits"},
        LOGITS + r"|bce\w*withlogits\w*",
        rf"(?:{D}[^;.]{{0,30}}(?:returns?|outputs?"
        rf"|gives?) (?:already )?(?:a )?probabilit|sigmoid (?:is )?(?:applied )?twice"
        r"|double sigmoid|two sigmoids|" + LAST + r"[^;.]{0,20}sigmoid|sigmoid[^;.]{0,20}" + LAST + r")",
        never=r"\bgenerator|(?:no|without|not|removed?) (?:\w+ )?sigmoid",
    ),
    frame(
        {"penalty": "gradient_penalty"},
        PENALTY,
        r"\b(?:lambda|weight|coefficient)\b[^;.]{0,12}\d",
        never=r"\br1\b|\br2\b",
    ),
    frame(
        {"penalty": "none", "clip_value": 0.0},
        r"\blipschitz\b",
        rf"{NO}[^;.]{{0,25}}lipschitz|lipschitz[^;.]{{0,30}}(?:not|n't|never) (?:enforced|constrained|imposed)",
        denied_too=True,
    ),
    frame(
        {"generator_output": "tanh"},
        r"\btanh\b",
        r"\boutputs?\b|\blast\b|\bfinal\b|\bends?\b",
        never=rf"{D}|hidden|critic",
    ),
    frame(
        {"generator_output": "relu"},
        r"\brelu\b",
        r"generator[^;]{0,40}(?:last|final|output|ends)[^;]{0,25}\brelu"
        r"|\brelu (?:at|as|on|in) (?:the )?(?:last|final|output|end)[^;]{0,15} (?:of|in) (?:the )?generator",
        never=r"hidden|except",
    ),
    frame(
        {"objective": "minimax"},
        r"log ?\( ?1\.?0? ?- ?(?:d\b|disc\w*|net_?d|sigmoid|fake\w*|pred\w*)",
        rf"{G_LOSS}|generator",
        never=rf"(?:{D_LOSS}|discriminator(?:'s)? loss)|instead of",
    ),
    frame(
        {"discriminator_output": "sigmoid", "penalty": "gradient_penalty"},
        r"\bsigmoid\w*|\bprobabilit\w+",
        rf"{PENALTY}|\bgradients?\b",
        r"instead of (?:the )?(?:logits?|raw|scores?)|not (?:of )?(?:the )?logits|after the sigmoid|of the sigmoid"
        r"|sigmoid output",
        never=r"\bno sigmoid|without (?:a |the )?sigmoid|only for debug",
        denied_too=True,
    ),
    # the penalty
    frame({"penalty_norm": "per_channel"}, ONE_AXIS, NORM, GRADIENTS, IMAGES, never=ALL_AXES, reach="near"),
    frame(
        {"penalty_norm": "per_channel"},
        r"\bnorm\b|\bslopes?\b|\bgrad\w*",
        rf"{NO}.{{0,40}}\b(?:flatten|reshap|view)\w*|\b(?:flatten|reshap)\w*.{{0,30}}{NO}",
        ONE_AXIS,
        reach="near",
    ),
    frame(
        {"penalty_norm": "whole_batch"},
        r"norm\b|sqrt|\bslopes?\b|\bgrad\w*",
        r"\b(?:whole|entire|complete|over the) batch\b|all samples together|including the batch"
        r"|batch (?:dimension|axis)? ?is part of|batch is (?:included|summed)",
        NORM,
        never=r"interpol|batch ?norm",
    ),
    frame(
        {"penalty_interpolation": "per_element"},
        r"\balpha\b|\beps(?:ilon)?\b|interpolat\w+|mixing",
        r"(?:each|every|per) (?:pixel|element|dimension|entry|channel)|whole input|shape ?= ?[\w.]*shape\("
        r"|rand(?:_like|\([\w.]*\.(?:shape|size))|"
        r"same shape as|shape of the (?:whole )?(?:input|image|data|batch)|full shape",
        never=NO,
    ),
    frame(
        {"penalty_interpolation": "per_batch"},
        r"\balpha\b|\beps(?:ilon)?\b|interpolation",
        r"\b(?:one|single|same|scalar)\b|np\.random\.(?:rand|uniform)\(\)|rand\( ?1 ?\)"
        r"|random\.random\(\)",
        r"\bbatch\b|all samples|whole",
        never=r"(?:each|every|per|of an?) (?:sample|image|example)|\( ?b\w*(?:_size)? ?, ?1",
    ),
    frame(
        {"penalty_coefficient": "normal"},
        r"\balpha\b|\beps(?:ilon)?\b|interpolat\w+",
        r"\brandn\b|normal distribution|\bgaussian\b|random\.normal|n\(0, ?1\)",
    ),
    frame(
        {"penalty_norm_safe": False, "nan_seen": True},
        r"\bnans?\b|\binf(?:inite|inity)?\b",
        r"sqrt|\bnorm\b|\.norm\(|square root",
        GRADIENTS,
        never=r"(?:1e-\d+|epsilon|\beps\b) (?:is )?(?:added|inside|in)(?! it)|\+ ?(?:1e-|eps)",
        reach="text",
    ),
    frame(
        {"penalty_reaches_weights": False},
        PENALTY,
        rf"{NO}.{{0,40}}\b(?:called|used|applied|added|computed|in the (?:total )?loss|part of"
        rf"|contribut\w+|flow\w*|reach\w*|affect\w*|depend\w*|create_graph|backprop\w*|include\w*)"
        r"|\b(?:called|used|applied|added|included)\b.{0,20}\b(?:nowhere|never)|\balways (?:0"
        r"|zero|exactly)|\bis (?:always )?(?:exactly )?(?:0(?:\.0+)?(?![.\d])|zero\b)|\bno effect\b"
        r"|create_graph ?= ?false",
        never=r"\b(?:clip_value|weight clipping)\b.{0,30}\bnot",
    ),
    frame(
        {"penalty_reaches_weights": False},
        r"\bgrad\w*|" + PENALTY,
        r"\bdetach|\bno_grad|\.item\(\)|\.data\b|stop_gradient|numpy\(\)|create_graph ?= ?false",
        PENALTY,
        never=r"fake\w*\.detach|fakes? (?:is|are) detach",
    ),
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
)
