"""Frames of how a penalty is wrong in code, and of what outranks the other frames."""

from equipoise.intake.note_frames import NO, Frame, frame
from equipoise.intake.note_words import (
    ALL_AXES,
    D_LOSS,
    G_LOSS,
    GRADIENTS,
    IMAGES,
    LAST,
    LOGITS,
    NORM,
    ONE_AXIS,
    PENALTY,
    D,
)

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
        r"log ?\( ?1\.?0? ?- ?(?:d(?:_\w+)?\b|disc\w*|net_?d|sigmoid|fake\w*|pred\w*)",
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
    frame(
        {"penalty_norm": "per_channel"},
        rf"{GRADIENTS}",
        r"(?:\bnot\b|n't|\bnever\b|\bforg[eo]t\w*|\bwithout\b|\bmissing\b)[^;]{0,40}(?:\bflatten\w*|\breshap\w*"
        r"|\.?\bview\()",
        r"\bnorm\b|\bper sample\b|\bslopes?\b|every (?:spatial|pixel)",
        denied_too=True,
    ),
    frame(
        {"penalty_norm": "whole_batch"},
        rf"norm\b|sqrt|{GRADIENTS}",
        r"\b(?:over|across) all (?:the )?samples|all (?:the )?samples (?:of the batch )?(?:at once|together)"
        r"|(?:whole|entire) gradient"
        r"(?: tensor)?\b|across the batch\b|(?:one|single) (?:norm|number|scalar) for (?:the )?(?:whole "
        r"|entire )?batch",
        r"\bnorm\b|\bslopes?\b|sqrt|\bl2\b",
        never=r"interpol|batch ?norm|averag|\bmean\b",
    ),
    frame(
        {"penalty_reaches_weights": False},
        r"\bcreate_?graph\b",
        r"create_?graph\b[^;]{0,25}(?:\bfalse\b|\boff\b|\bmissing\b|\bforg[eo]t\w*|\bnot set|\babsent)"
        r"|(?:\bnot\b|n't|\bwithout\b|\bforg[eo]t\w*|\bmissing\b|\bno\b|\blacks?\b)[^;]{0,25}create_?graph",
        denied_too=True,
    ),
    frame(
        {"penalty_reaches_weights": False},
        rf"{PENALTY}|\bpenalty\b|second (?:derivative|order)|double[ _]?back\w*",
        r"stop_recording|stop_gradient|second(?:[- ]order)? (?:derivatives?|gradients?)[^;]{0,20}(?:not|n't|never"
        r"|missing|lost)"
        r"|(?:without|not|n't|forg[eo]t\w*|no)[^;]{0,20}(?:double[ _]?back\w*|second[- ]order)"
        r"|(?:not|n't|never|nowhere)[^;]{0,15}(?:summed|added|counted|taken into account|minimi[sz]ed"
        r"|differentiated|enter\w*)"
        r"|as if (?:only|there (?:was|were) no)|(?:detach\w*|\.data\b|no_grad|numpy\(\)|\.item\(\))",
        never=r"fake\w*\.detach|fakes? (?:is|are) detach|not that|detach\w* (?:only )?for (?:log|print)",
        denied_too=True,
    ),
    frame(
        {"penalty_interpolation": "per_batch"},
        r"\b(?:mixing|mix|interpolation|interpolating|blending) (?:weights?|factors?|coefficients?|ratios?)",
        r"\b(?:one|single|same|scalar)\b",
        r"\b(?:mini-?)?batch\b|all samples|whole",
        never=r"(?:each|every|per|of an?) (?:sample|image|example)",
    ),
    frame(
        {"penalty_coefficient": "normal"},
        r"\b(?:mixing|mix|interpolation|interpolating|blending) (?:weights?|factors?|coefficients?|ratios?)",
        r"\brandn\b|normal distribution|\bgaussian\b|random[._]normal|n\(0, ?1\)|normally distributed",
    ),
    frame(
        {"penalty_points": "real"},
        rf"{PENALTY}|\bgradients? ",
        r"(?:\bat|\bon|\bof|wrt|w\.r\.t\.?|with respect to|for) (?:the )?(?:only )?reals?\b(?! and| as)",
        r"(?:instead of|rather than|not)[^;]{0,25}interpol|only (?:at |on )?(?:the )?reals?|reals?\w* (?:\w+ )?only",
        never=r"\br1\b|dragan",
    ),
    frame(
        {"penalty_points": "fake"},
        rf"{PENALTY}|\bgradients? ",
        r"(?:\bat|\bon|\bof|wrt|w\.r\.t\.?|with respect to|for) (?:the )?(?:only )?(?:fakes?|generated"
        r"|fake_\w+)\b(?! and| as)",
        r"(?:instead of|rather than|not)[^;]{0,25}interpol|only (?:at |on )?(?:the )?(?:fakes?|generated)",
        never=r"\br2\b",
    ),
)
