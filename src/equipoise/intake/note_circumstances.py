"""Frames of what surrounds the networks: data, labels, augmentation, evaluation, resuming."""

from equipoise.intake.note_frames import NO, Frame, frame
from equipoise.intake.note_words import (
    BADLY,
    BATCH_NORM,
    EVALUATION,
    FAKES,
    REALS,
    SAMPLES,
    SAYS_BYTES,
    SAYS_MINUS_ONE,
    SAYS_ZERO_TO_ONE,
    TRAINING,
    WELL,
    D,
    G,
)

CIRCUMSTANCES: tuple[Frame, ...] = (
    frame({"data_min": 0.0, "data_max": 1.0}, r"totensor", rf"\bonly\b|{NO} normali|\bjust\b", never=r"normali[sz]e\("),
    frame(
        {"preprocessing_differs": True},
        r"\breals?\b",
        r"resiz|pre-?process|transform|normali[sz]|interpolat|crop|blur|filter|bicubic|bilinear",
        rf"{FAKES}[^;]{{0,15}}(?:is|are|was|were)(?: not|n't)\b",
    ),
    frame(
        {"preprocessing_differs": True},
        r"\bbgr\b",
        r"\brgb\b",
        FAKES + r"|generator",
        r"\breals?\b|\bdata\w*|\bloaded\b|opencv|cv2",
    ),
    frame(
        {"data_normalised": False},
        r"forgot\w*|never|\bn't\b|not|without",
        r"(?:divid\w+|scal\w+|/) ?(?:them |it |the (?:images|data|pixels) )?by (?:127\.5|255|128)",
        denied_too=True,
    ),
    frame(
        {"real_cue": True},
        r"\bintegers?\b|\bquanti[sz]ed\b|\bone-?hot\b|\bbinary\b|\bdiscrete\b",
        r"\breals?\b|\bdata\b",
        r"\bfloats?\b|\bcontinuous\b|\bsoft\b|\breal-valued\b|\bsoftmax\b|\bprobabilit\w+",
    ),
    frame(
        {"augmentation": "reals_only"},
        r"augment\w*|\bflips?\b|\bjitter\b|\brotat\w+|\bcrops?\b",
        r"\breals?\b|\btraining (?:images|data|set)\b",
        rf"(?:reals?|real images|training images) only|only (?:to |for "
        rf"|on )?(?:the )?(?:real|training)|{NO} (?:to |for |on )?(?:the )?(?:generated|fake)",
        never=r"differentiable|both",
    ),
    frame(
        {"labels_shuffled": True},
        r"\bx_?train\b|\blabels?\b|\brows\b|\bcsv\b|\bannotations?\b",
        r"shuffl\w+[^;]{0,40}(?:separately|independently)|(?:separately"
        r"|independently)[^;]{0,20}shuffl|not in the same order",
        denied_too=True,
    ),
    frame(
        {"label_reaches_generator": False},
        r"\by\b|\blabels?\b",
        r"(?:is|are) (?:not|never) used|isn't used|aren't used|unused",
        r"generator",
        denied_too=True,
    ),
    frame(
        {"label_reaches_discriminator": False},
        r"\blabels?\b|\bclass\b|\by\b|\bcondition\w*",
        rf"{D}[^;]{{0,15}}(?:does(?: not|n't)|never|is not"
        rf"|isn't)[^;]{{0,12}}(?:see|get|receiv|given|told|fed|know|use)\w*|"
        rf"(?:not|never|n't)[^;]{{0,10}}(?:passed|given|fed|shown|told) to (?:the )?{D}",
        never=r"fake label|real label",
        denied_too=True,
    ),
    frame(
        {"resumed_without_optimizer": True},
        r"\bresum\w+|\bcontinu\w+|\brestor\w+|\breload\w*|\bcheckpoint\w*",
        r"\b(?:only|just|nothing but) (?:the )?(?:g_ema|ema|generator)|(?:only|just) (?:stor|sav|load|restor|keep"
        r"|kept|ha[ds])\w* (?:the )?(?:\w+(?:'s)? ){0,2}(?:weights"
        r"|state_?dicts?|parameters|generator)|\b(?:stor|sav|load"
        r"|restor)\w* (?:only|just) (?:the )?(?:\w+(?:'s)? ){0,2}"
        r"(?:weights|state_?dicts?|parameters|generator)",
        never=r"inference|test|to sample",
    ),
    frame(
        {"resumed_without_optimizer": True},
        r"checkpoint\w*|\bsav(?:e|ed|ing)\b|\bpkl\b",
        r"\bonly\b|\bjust\b|\balone\b",
        r"state_?dicts?|weights|generator|discriminator|networks|models|g and d",
        never=r"optim|\bbest\b|every",
    ),
    frame(
        {"data_normalised": False},
        REALS,
        r"(?:normali[sz]|scal|divid)\w*[^;]{0,20}(?:twice|two times"
        r"|a second time|doubly)|doubl[ey][ -](?:normali[sz]|scal)\w*"
        r"|twice (?:normali[sz]|scal)\w*",
    ),
    # ranges
    frame(
        {"data_min": 0.0, "data_max": 1.0},
        SAYS_ZERO_TO_ONE,
        REALS,
        never=rf"{SAYS_MINUS_ONE}.{{0,20}}{REALS}|normali[sz]e\(|\* ?2 ?- ?1|label|sigmoid|\bloss|(?:should|must"
        rf"|expected to) be (?:in|between)|\belements of input",
    ),
    frame(
        {"data_min": 0.0, "data_max": 255.0},
        SAYS_BYTES,
        REALS,
        never=r"/ ?255|divid\w+|127\.5|scaled to|normali[sz]ed (?:to|between)|\[-1",
    ),
    frame(
        {"data_normalised": False},
        REALS,
        rf"{NO}[^;]{{0,25}}(?:normali[sz]|(?:re)?scal(?:e|ed|ing))\w*|un-?normali[sz]ed"
        rf"|raw (?:pixel|values|images)|uint8",
        never=rf"(?:batch|spectral|layer|instance|pixel|group|weight)[ _-]?normali|{NO} normali[sz]ation (?:layer"
        rf"|in)|{BATCH_NORM}",
    ),
    # marks and preprocessing
    frame(
        {"real_cue": True},
        r"\bpadd\w+|\bborders?\b|\bbackground\w*|\bwatermark\w*|\bjpe?g\w*|\bcompress\w+"
        r"|\bexact(?:ly)? zeros?|\bblack bars?|\bmask\w*|\bquanti[sz]\w+|\balpha channel"
        r"|\bletterbox\w*|\bframes? around|\bartefacts?|\bartifacts?|\bone-?hot|\binteger",
        r"\breals?\b|\btraining\b|dataset",
        FAKES,
        rf"{NO}|\bonly\b|\bwhile\b|\bwhereas\b|\bcannot\b|\bbut\b",
        reach="near",
        never=r"checker|augment\w+|augpipe|copies of|(?:data|reals?|originals?|training \w+) (?:do|does|did"
        r"|ha[vs]e?)(?: not|n't| no)\b",
    ),
    frame(
        {"preprocessing_differs": True},
        r"\breals?\b",
        FAKES,
        r"(?:different(?:ly)?|another|not the same|only (?:the )?reals?)[^;]{0,40}(?:resiz"
        r"|pre-?process|transform|normali[sz]|interpolat|scal|crop|blur|filter)\w*|(?:resiz"
        r"|pre-?process|transform|normali[sz]|scal|blur|filter)\w*[^;]{0,40}(?:differ"
        r"|only)",
    ),
    frame(
        {"shuffled": False},
        r"\bdata\w*|\bbatch\w*|\bimages?\b|\bloader\b|\bsamples?\b|\bthey\b",
        rf"\bsorted\b|{NO}[^;]{{0,10}}shuffl\w+|shuffle ?= ?false|in (?:a )?fixed order"
        rf"|ordered by|first all|one class after",
        never=r"sorted out|labels? .{0,20}shuffl|independently|separately|eval|test",
    ),
    # labels
    frame(
        {"labels_shuffled": True},
        r"\blabels?\b|\bclass(?:es)?\b|\bannotations?\b|\bpairs?\b|\bblurred\b",
        r"do(?:es)?(?: not|n't) (?:belong|fit)\b|(?:another|different|other|wrong) (?:order|permutation|shuffle"
        r"|sorting)"
        r"|(?:from|of) (?:the )?(?:next|previous|another|other|wrong) (?:batch|image|sample|row|line|file|step)"
        r"|(?:not|n't)[^;]{0,40}\bmatch(?:ing|ed|es)?\b[^;]{0,15}labels?"
        r"|not (?:that the images are )?matching their labels"
        r"|arbitrary order|wrong(?:ly)? pair|not paired|\bswapp\w+|mixed up|\bmis-?match\w*"
        r"|\bmis-?align\w*|do(?:es)?(?: not|n't) (?:correspond|match|belong)|shuffled (?:separately"
        r"|independently|on their own|without)|wrong order|off by one|permut\w+|sorted differently"
        r"|out of (?:sync|order)",
        never=r"together with|\breal and fake|\bfakes?\b|regardless|generated (?:digit|image)s? (?:do|does)"
        r"|targets",
        reach="near",
        denied_too=True,
    ),
    frame(
        {"label_reaches_generator": False, "conditional": True},
        r"\blabels?\b|\bcondition\w*|\bclass(?:es)?\b|one-?hot|embedding",
        rf"hard[- ]?coded|always (?:the same|\d|zero)|fixed (?:to|at|label|condition)|\bconstant\b"
        rf"|{NO}[^;]{{0,15}}(?:passed|fed|given|used|concatenat\w+|connected|reach\w*|input)"
        rf"|is (?:never|not) used|overwritten",
        G + r"|condition|conditional|cgan|label i|training loop|embedding",
        never=r"unconditional|real and fake|fake labels|smooth",
        reach="near",
    ),
    frame(
        {"samples": "wrong_class"},
        r"\blabels?\b|\bclass(?:es)?\b|\bcondition\w*|\bdigit\b",
        r"\bignor\w+|\bregardless\b|whatever (?:label|class|digit|condition)|no matter (?:which"
        r"|what)|same (?:digit|class|image)s? for (?:all|every)|no (?:influence|effect"
        r"|control)|(?:do|does)(?: not|n't) (?:correspond|belong|fit|agree)"
        r"|(?:wrong|random|other|different) (?:class|digit|label)|nothing to do with",
        never=r"noise|\bz\b|latent|swapped",
    ),
    # augmentation
    frame(
        {"samples": "augmented"},
        r"\baugment\w*|\brotat\w+|\bcut-?out\w*|\bflipp\w+|\bmirror\w+|upside[- ]down|\bcolou?r (?:jitter"
        r"|transform\w*)|\btranslat\w+|\bdiff-?aug\w*",
        rf"(?:{SAMPLES}|\bgenerator\b)[^;]{{0,60}}(?:are|show|contain|have|look|with|also"
        rf"|come out|appear|leak)|(?:visible|appear\w*|show(?:s|n)? up|leak\w*|see|seen"
        rf"|can be seen|as if)[^;]{{0,40}}(?:in|them|samples|images|augment)|augmented (?:images"
        rf"|distribution|samples)",
        never=rf"{NO} augment|augmented with|augmentation (?:is|was) (?:off|disabled)|before training"
        rf"|with rotations",
    ),
    frame(
        {"augmentation_probability": 1.0},
        r"\baugment\w*|\bada\b|\bp\b",
        r"100 ?%|\bsaturat\w+|\bruns? away|\bmaxed",
        r"probabilit\w+|\bp\b|augment_p",
        never=r"pixels|\bfid\b",
    ),
    # evaluation and resuming
    frame(
        {"eval_samples_differ": True},
        EVALUATION,
        BADLY,
        TRAINING,
        WELL,
        never=r"test set|overfit|\btest images\b|\bunseen\b",
        reach="near",
    ),
    frame(
        {"eval_samples_differ": True},
        EVALUATION,
        BADLY,
        BATCH_NORM + r"|running (?:mean|stat)|dropout",
        SAMPLES + r"|running (?:mean|stat)",
        never=r"test set|overfit|unseen",
        reach="near",
    ),
    frame(
        {"resumed_without_optimizer": True},
        r"optim\w*|\badam\b|\bmoments?\b",
        r"resum\w+|restart\w*|checkpoint\w*|continu\w+|\breload\w*|\bload\w*|\brestor\w+"
        r"|\bsav(?:e|ed|ing)\b|\bpkl\b|\bsnapshot",
        rf"{NO}[^;]{{0,50}}(?:stat\w*|optim\w*|restor\w*|sav\w*|load\w*|includ\w*)|(?:optim\w*"
        rf"|states?)[^;]{{0,40}}(?:{NO}|lost|fresh|from scratch|re-?creat\w+|re-?init\w*"
        rf"|new\b)|only (?:the )?(?:weights|models?|generator|network|g and d)|fresh optim\w*"
        rf"|new optim\w*",
        reach="near",
        never=r"learning rate schedul",
    ),
    frame(
        {"preprocessing_differs": True},
        r"\breals?\b",
        FAKES,
        r"\breals?\b[^;]{0,60}(?:inter_\w+|interpol\w+|bilinear|bicubic|nearest|lanczos|antialias\w*"
        r"|\barea\b)[^;]{0,60}(?:fake"
        r"|generat|synth)\w*[^;]{0,40}(?:inter_|interpol|bilinear|bicubic|nearest|lanczos|antialias|\barea\b)",
        never=r"the same|both",
    ),
    frame(
        {"instance_noise": "reals_only"},
        r"\bnoise\b",
        r"\b(?:add|inject|appl|put)\w*",
        r"(?:only|just)[^;]{0,20}\breals?\b|\breals?\b[^;]{0,30}\bonly\b"
        r"|\breals?\b[^;]{0,20}(?:but )?not[^;]{0,20}fake",
        never=r"label|both|latent",
    ),
    frame(
        {"augmentation": "reals_only"},
        r"\baugment\w*|\bdiff-?aug\w*|\baug\b",
        r"\breals?\b[^;]{0,25}(?:but |and )?not[^;]{0,25}(?:fakes?|generated)|(?:fakes?|generated \w+) (?:are"
        r"|is) not augment"
        r"|only (?:called |applied |used )?(?:for|on|to) (?:the )?reals?",
        denied_too=True,
    ),
    frame(
        {"eval_samples_differ": True},
        r"\bupdate_ops\b|\bmoving_?(?:mean|var\w*|average\w*|stat\w*)|\brunning_?(?:mean|var\w*|stat\w*)",
        rf"{NO}|\bstays?\b|\bwrong\b|\bzero\b",
        rf"{BADLY}|test|infer|generat|sampl",
        reach="near",
        never=r"ema|exponential",
    ),
    frame(
        {"eval_samples_differ": True},
        r"(?:is_?)?train(?:ing)?(?:_phase)? ?(?:=|is|to|off|set)[^;]{0,8}(?:false|off|\b0\b)|\.eval\(\)"
        r"|\beval(?:uation)? mode"
        r"|\b(?:at )?test time\b|\binference\b",
        SAMPLES,
        BADLY,
        never=r"test set|overfit|unseen|trainable|both|also in train\w* mode",
    ),
)
