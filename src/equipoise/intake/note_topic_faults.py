"""The words that each fault is told in, in whatever order, and how much each of them says."""

from equipoise.intake.note_frames import NO
from equipoise.intake.note_topic_words import Words, words
from equipoise.intake.note_words import BATCH_NORM, BCE, EVALUATION, GRADIENTS, LOGITS, PENALTY, D, G

_FIRST = r"\b(?:before|ahead of|prior to|comes? first|precedes?|earlier than|and (?:then|only then))\b"
_STEP = r"\bstep\b|\bupdate\w*|\brms_?prop\b|\badam\b|\boptimi[sz]er\w*|\bminimize\w*"
_CLIP = r"\bclamp\w*|\bclip\w*|d_clip"
_OPTIMIZER = r"\badam\w*\(?|\boptim\w*|\brms_?prop\b|\bsgd\b|\btrainer\b"
_AUGMENT = r"\baugment?\w*|\bada\b|--?aug\b|\baug ?=|augpipe|\bdiff-?aug\w*|stylegan2-ada|rotate90|\bxflip\b"
_TURNED = (
    r"\brotat\w*|\bturned\b|\bupside\b|\bflipp?\w*|\bmirror\w*|\bsideways\b|\bquarter turn"
    r"|\b90 ?(?:degrees|°)|\bon (?:its|"
    r"their) side|\b(?:left|right) side\b|\bcut-?out\b|\btint\w*|\bhue\b|\bpurple\b|\binverted\b"
    r"|\bcolou?r\w* (?:jitter|shift\w*)"
)
_STATE = r"\boptimi[sz]ers?\b|\badam\b|\bmoments?\b|\bmomentum\b|\bmoving averages?\b|\baccumulat\w+|state_?dict"
_AGAIN = (
    r"\bresum\w*|\brestart\w*|\bpick\w* up\b|\bcheckpoint\w*|\bcontinu\w+|\breload\w*|\brestor\w+"
    r"|\bafter loading\b|\bon disk\b"
)
_ZERO_GRAD = (
    r"zero_?grad\w*|zero_gradients|cleargrads|\bgradients? (?:are|is|get|were)? ?(?:not "
    r"|never )?(?:cleared|zeroed|reset)"
)
_SIGMOID = r"\bsigmoid\w*"

TOPICS: dict[str, Words] = {
    "penalty_norm": words(
        (2, GRADIENTS),
        (2, r"(?:dim|axis|indices) ?= ?\[?\(?1\b(?! ?,)|\baxis 1\b|\bfirst axis\b|\b(?:one|single) axis\b"
            r"|\bwhole batch\b"),
        (2, r"\b(?:per|every|each|single)[- ](?:pixel|element|channel)|element-?wise|\bnot flatten\w*"
            r"|\bwithout (?:flatten|reshap)\w*"),
        (1, r"\bnorms?\b|sqrt|\bslopes?\b|\.norm"),
        (1, r"\bshape\b|\b[nb], ?c, ?h|\bflatten\w*|\breshape\w*|\d ?x ?\d|\bnhwc\b"),
    ),
    "unsafe_norm": words(
        (2, r"\bnans?\b|\binf\b|\binfinit\w+"),
        (3, r"\bsqrt\b|\bsquare root\b|\bnorm\(|\.norm\b"),
        (1, r"\bgrad\w*|\bslopes?\b|\bpenalty\b"),
    ),
    "penalty_not_wired": words(
        (3, PENALTY),
        (2, r"\b(?:none|zero|0(?:\.0+)?(?![.\d])|constant)\b|\bno effect\b|\bmakes? no difference\b"),
        (2, rf"{NO}.{{0,40}}(?:added|adding|backward|in the loss|part of|used|backprop\w*|implement\w*"
            rf"|connected)|create_graph|\bdetach\w*|\bno_grad\b|left out"),
        (1, r"\bloss_d ?=|\bd_?loss ?=|\bterm\b|\bbackward\b"),
    ),
    "distributed_penalty": words(
        (3, r"\bdataparallel\b|\bmulti-?_?gpu\w*|mirrored_?strategy|\b(?:\d|two|four) cards\b|\b(?:two|several"
        r"|multiple|four|2|4|8) gpus\b|\bddp\b"
            r"|\bdistributed\b"),
        (2, PENALTY + r"|\bwgan\b|\bwasserstein\b"),
        (1, r"\bexplod\w*|\bdiverg\w*|\bhuge\b|\bone gpu\b|\bsingle gpu\b"),
    ),
    "penalty_interpolation": words(
        (3, r"\binterpolat\w*|\bmix(?:es|ed|ing)\b|\bblend\w*|\balpha\b"),
        (2, r"\beps(?:ilon)?\b|\binterpolat\w*|\bratios?\b|\bcoefficients?\b|\bfactor\b"),
        (2, r"\bshape\b|\bper\b|\bsingle\b|\bpixels?\b|random\.(?:normal|randn)|\brandn\b|\bgaussian\b"
            r"|\bnormal distribution\b|\beach example\b"),
    ),
    "penalty_weight": words(
        (2, r"\blambda\w*|\bgamma\b|\br1\b|penalty weight"),
        (3, r"\btoo (?:high|large|low|small|strong|weak)\b|\b(?:raised|lowered|increased|reduced) to\b"),
        (1, PENALTY),
    ),
    "half_precision": words(
        (4, r"\bfp16\b|\bfloat16\b|\bamp\b|\bautocast\b|\bapex\b|\bmixed[- ]precision\b"
            r"|\bhalf[- ]precision\b|\bhalf\(\)"),
        (1, r"\bnans?\b|\binf\b|\boverflow\w*|\bunderflow\w*|\bvery large\b"),
    ),
    "kernel_not_divisible": words(
        (2, r"\bconvtranspose\w*|\bconv2dtranspose\b|\bdeconv\w*|\btransposed conv\w*|\bupsampl\w+"),
        (3, r"\bchecker\w*|\bgrids?\b|\bgrid-?like\b|\bsquares\b|\bcloth\b|\bwoven\b|\bmesh\b|\blattice\b"
            r"|\btiles?\b|\bdots at regular\b"),
        (-5, rf"{NO} (?:\w+ )?checker"),
        (1, r"\bkernel\w*|\bstrides?\b|\boverlap\w*|\bregular\b|\bpattern\w*|\bartefacts?\b|\bartifacts?\b"),
    ),
    "checkerboard": words(
        (3, r"\bchecker\w*|\bgrids?-?(?:like)?\b|\bmesh\b|\blattice\b|\bchess\w*"),
        (2, r"\bpixel_?-?shuffl\w*|\bsub-?pixel\b|\bartefacts?\b|\bartifacts?\b|\bpattern\w*"),
    ),
    "resumed_without_optimizer": words(
        (2, _AGAIN),
        (3, _STATE),
        (1, rf"{NO}|\bgone\b|\blost\b|\bdrops?\b|\bworse\b|\bonly\b"),
        (-4, r"\b(?:saved|stored) and (?:restored|loaded)\b"),
    ),
    "augmentation_leak": words(
        (3, _AUGMENT),
        (3, _TURNED),
        (1, r"\b(?:data|dataset|training|photos?|originals?)\b[^;]{0,60}\b(?:never|not|same|none|no)\b"
            r"|\bnone of\b|\bnever shows?\b|\bdo not have\b"),
        (1, r"\bsnapshots?\b|\bfakes?\b|\bsamples?\b|\boutputs?\b|\bfaces\b"),
    ),
    "frozen_discriminator": words(
        (2, r"\btrainable\b|\bfrozen\b|\bfreez\w*|\brequires_grad\w*|\w*optim\w*|\badam\b|\bparams?_?\w*"),
        (2, r"\bcompil\w+|\bnever (?:updated|trained|changes?|learns?|optimi[sz]ed)\b|\bonly (?:the )?generator\b"
            r"|\b(?:second|other)\b[^;]{0,20}\b(?:should|is meant|is for|ought)\b"
            r"|\bg_?optim\w*[^;]*\bshould be d_?optim\w*|\btwice\b"),
        (1, r"\btrainable\b|\bfrozen\b|\bfreez\w*"),
        (-3, r"\bgenerator (?:is )?(?:never|not) (?:updated|trained)"),
    ),
    "shared_optimizer": words(
        (3, r"\b(?:same|one|single|shared|common) (?:instance of )?(?:the )?(?:optimi[sz]er|adam|rms_?prop"
            r"|opt\b)|\bvar_list\b|\bboth (?:networks|models|players)[^;]{0,20}optim\w*"),
        (2, _OPTIMIZER),
        (1, rf"{G}[^;]*{D}|{D}[^;]*{G}|\bboth\b"),
    ),
    "frozen_generator": words(
        (2, r"\bdetach\w*|\bno_grad\b|stop_gradient|\bno (?:path|gradient|grad)\w*|\bnone gradients?\b"
            r"|\bgradients? (?:is|are) none\b"),
        (2, rf"{G}|\bgsteps\b"),
        (2, r"\bstays?\b|\bunchanged\b|\bnever (?:chang|updat|learn)\w*|\bno path\b|\bnever reach\w*"
            r"|\bnot updat\w*|\bdoes not change\b|\bsame as (?:at|before)\b"),
        (-4, r"\b(?:without|not|no|n't) (?:\w+ )?detach\w*"),
    ),
    "stale_gradients": words(
        (3, _ZERO_GRAD + r"|\baccumulat\w+[^;]{0,20}gradient|\bgradients?\b[^;]{0,40}(?:clear|reset|zero|left"
            r"|accumulat)\w*|(?:clear|reset|zero)\w*[^;]{0,20}gradients?|\.grad\b"),
        (1, r"\bgradients?\b|\.grad\b"),
        (2, rf"\baccumulat\w*|\bleft ?over\b|\bleft there\b|{NO}[^;]{{0,25}}(?:clear|reset|zero)\w*"
            rf"|\bnothing is cleared\b|\bnot zero\b"),
        (1, r"\bbackward\b|\bstep\(\)|\bturn\b"),
    ),
    "clip_before_step": words((2, _CLIP), (3, _FIRST + r"|\border\b|\bother way round\b|\btoo early\b"), (1, _STEP)),
    "clip_missing": words(
        (2, r"\bwasserstein\b|\bwgan\b"),
        (2, rf"{NO}[^;]{{0,40}}(?:{_CLIP}|\blipschitz\b|\bconstrain\w*|{PENALTY})|\bunused clip"),
        (1, _CLIP),
        (1, r"\bnothing\b|\bnowhere\b|\bmissing\b|\babsent\b"),
    ),
    "critic_steps": words(
        (2, r"\bn_?critic\b|\bcritic_iters?\b|\bc_iters?\b|\bd_?steps\b|\bd_iters?\b|\b(?:discriminators?"
            r"|critics?)\b[^;]{0,30}(?:iterations|steps|updat\w+|times)|\bnumber of d\w* iterations"),
        (2, r"\bone to one\b|\b1 ?: ?1\b|\bonce (?:per|for each|each)\b|\bonly once\b|\bsame number\b"
            r"|\balternat\w+|\bonly one\b|\bevery iteration\b|\btake turns\b|\bfive times\b|\b5 times\b"
            r"|\bsame time\b|\b(?:to|of|is|=) ?1\b"),
        (1, r"\bwasserstein\b|\bwgan\w*"),
        (1, rf"{NO}|\bnowhere\b|\bunused\b"),
    ),
    "swapped_labels": words(
        (3, r"\b(?:logits_?fake|d_?fake|fake_?logits|fake_?loss|loss_?fake|fakes?)\b[^;]{0,60}\b(?:ones"
            r"|ones_like|1\.0)\b|\breals?\b[^;]{0,60}\bzeros(?:_like)?\b"),
        (2, r"\blabels?\b|\btargets?\b"),
        (1, r"\bswapp\w*|\brevers\w*|\binvert\w*|\bwrong way\b|\bmixed up\b|\bexchang\w*"),
        (1, rf"{D}|real_?loss"),
    ),
    "double_sigmoid": words(
        (2, _SIGMOID), (3, LOGITS + r"|sigmoid_cross_entropy\w*"), (1,
            r"\btwice\b|\bdouble\b|\bagain\b|\balready\b|\blast\b|\boutput\b"), (-4,
            rf"{NO} (?:\w+ )?sigmoid|sigmoid is only")
    ),
    "missing_sigmoid": words(
        (2, rf"{NO}[^;]{{0,25}}(?:sigmoid|activation)|\blinear output\b|\braw scores?\b|activation ?= ?none"),
            (2, BCE), (1, D)
    ),
    "loss_mismatch": words(
        (3, r"\bsquare of (?:the |a )?mean\b|\bmean of squares\b|\bwrong loss\b"
            r"|\bmean\(.{0,60}\)[ )]*-? ?1?\)? ?\*\* ?2|\bformula\b[^;]*\bloss\b"),
        (2, r"\bpaper\b|\binstead of\b|\bnot (?:the|a) mean\b|\bls-?gan\b|\bhinge\b"),
        (1, r"\bloss\w*"),
    ),
    "saturating_loss": words(
        (4, r"log ?\(? ?1\.?0? ?- ?d|\blog\(1 ?-|\bminimax\b|\bsaturating (?:loss|objective)\b"),
        (1, r"\bvanish\w*|\bflat\b|\bno gradient\b"),
    ),
    "squashed_critic": words(
        (3, _SIGMOID + r"|\btanh\b|\bsoftmax\b|\bsquash\w*"),
        (-4, rf"^(?!.*(?:wasserstein|wgan|hinge)).*{BCE}|^(?!.*{D}).*\bgenerator\b"),
        (2, r"\bwasserstein\b|\bwgan\w*|\bhinge\b|\bdiscriminator score\b"),
        (1, r"\blast\b|\bfinal\b|\boutput\b|\bends?\b|\bhead\b"),
        (1, D),
        (-4, rf"{NO} (?:\w+ )?sigmoid|sigmoid is only|\bgenerator\b[^;]{{0,30}}\btanh\b"
            rf"|\btanh\b[^;]{{0,30}}\bgenerator\b"),
    ),
    "squashed_least_squares": words(
        (3, _SIGMOID), (3, r"\bls-?gan\b|\bleast squares?\b|\bl2[- ]loss\b|\bmse\b|\bsquared\b"), (1,
            r"\boutput\b|\blast\b|\bbound\w*")
    ),
    "batch_norm_in_critic": words(
        (2, BATCH_NORM), (2, r"\bwgan\w*|\bwasserstein\b|" + PENALTY),
        (-5, rf"\b(?:instead of|rather than) (?:a |any )?{BATCH_NORM}"), (1, D), (1,
            r"\bremov\w*|\blayer ?norm\w*|\bshould\b|\bboth\b")
    ),
    "data_range": words(
        (3, r"\btanh\b|\[ ?-1(?:\.0)? ?, ?1(?:\.0)? ?\]|\b-1 (?:to|and) 1\b"),
        (3, r"\b255\b|\[ ?0(?:\.0)? ?, ?1(?:\.0)? ?\]|\b0 ?(?:to|and|-) ?1\b|\b(?:zero|0) and (?:one|1)\b"
            r"|\bbetween 0\b|\bnormali[sz]e ?= ?false\b|\btotensor\b|\bnot (?:normali[sz]ed|scaled)\b"
            r"|\bunnormali[sz]ed\b"),
        (1, r"\bcolou?rs?\b|\bcontrast\b|\brange\b|\bpixels?\b|\bwashed\b|\bsaturat\w+"),
    ),
    "labels_shuffled": words(
        (2, r"\blabels?\b|\bclass(?:es)?\b|\by\b|\bannotations?\b|\bpairs?\b|\battributes?\b"),
        (3, r"\bshuffl\w*|\bpermut\w*|\bmis-?match\w*|\bmis-?align\w*|\bout of (?:sync|order)\b"
            r"|\bsome other (?:picture|image)\b|\bwrong (?:label|class|order|row)\b|\bcorrespond\w*"
            r"|\bswapped\b"),
        (-5, r"\btogether with\b|\bsame permutation\b"),
        (1, r"\btwice\b|\bsecond time\b|\bseparate\w*|\bindependent\w*|\bdifferent\b|\bseeds?\b"),
    ),
    "label_not_wired": words(
        (3, r"\bconditional\b|\bcgan\b|\bclass label|\blabel embedding\b|\bcondition\b"),
        (3, rf"\bignor\w*|{NO}[^;]{{0,20}}(?:used|passed|fed|given|effect)|\bhard[- ]?coded\b"
            rf"|\bwhatever i ask\b|\bset to \d\b|\bsame for (?:all|every|each)\b"),
    ),
    "samples_in_eval_mode": words(
        (3, EVALUATION), (2, BATCH_NORM + r"|\brunning (?:mean|stat\w*)|\bdropout\b|\bmoving (?:mean|average)"), (2,
            r"\bwors\w*|\bnoise\b|\bbad\w*|\bpoor\w*|\bgr[ae]y\b|\bdiffer\w*|\bblurr\w*")
    ),
    "discriminator_dominates": words(
        (3, rf"(?:{D}|\bd_?loss\w*|\berr_?d\b|\bits loss\b|\bloss\b)[^;]{{0,60}}(?:\b0\.0\d*|\b10\^-\d"
            rf"|\b1e-\d|\bzero\b|\bto 0\b|\bis 0\b)"),
        (2, r"\baccurac\w+[^;]{0,30}(?:100|99|1\.0)|\btoo (?:strong|good|confident|powerful)\b"
            r"|\bperfect\w*|\boverpower\w*|\bbeats?\b|\bwins?\b"),
        (2, rf"(?:{G}|\bg_?loss\w*)[^;]{{0,60}}(?:\bris\w+|\bincreas\w*|\bgrow\w*|\bclimb\w*|\bto over\b"
            rf"|\bhigh\b|\bup\b|\bfrom \d+ to)"),
    ),
    "mode_collapse": words(
        (3, r"\bmode[- ]collaps\w*|\bcollaps\w*[^;]{0,40}(?:single|one|same)|\bmodes\b[^;]{0,30}(?:gone"
            r"|lost|missing|dropp\w+)|\bpart of the modes\b|\balike\b|\b(?:same|single"
            r"|identical) (?:\w+ )?(?:image|face|sample|guy|person|output|picture|digit)\b"
            r"|\bover and over\b|\ball (?:look )?(?:the same|alike|identical)\b|\black of (?:diversity"
            r"|variety)\b"),
        (2, r"\bnoise\b|\bz\b|\blatents?\b|\bseeds?\b|\bcollaps\w*|\balways\b|\bover and over\b|\bevery\b|\bafter\b"),
        (-5, rf"{NO} (?:mode[- ])?collaps"),
    ),
    "quality_worsens": words(
        (2, r"\bfid\b|\bquality\b|\bsamples\b|\bimages\b|\bportraits\b|\bresults\b"),
        (2, r"\bthen\b|\bafter (?:epoch|step|iter\w*|about|\d)|\bsuddenly\b|\bsince\b|\bfrom (?:there"
            r"|epoch|then)\b|\blater\b|\buntil\b"),
        (2, r"\bworse\w*|\bdegrad\w*|\bdeteriorat\w*|\bwent up\b|\bincreas\w*|\bshot up\b|\bshoot up\b"
            r"|\bfalls? apart\b|\bdiverg\w*"),
    ),
    "learning_rate": words(
        (3, r"\blearning[ _]rates?\b|\blr\b"), (2,
            r"\btoo (?:high|large|big)\b|\bwarm-?up\b|\b0\.0[1-9]\b|\b1e-[12]\b|\b0\.00[1-9]\b"), (1,
            r"\bexplod\w*|\bblank\b|\bdiverg\w*|\bunstable\b")
    ),
    "small_data": words(
        (4, r"\b(?:only|just|about|around|merely) (?:\d{2,3}|[1-4][, ]?\d{3}) (?:\w+ )?(?:images?|samples?"
            r"|pictures?|photos?|faces|files|examples|scans)|\b(?:small|tiny|limited) (?:data ?set|data\b"
            r"|number of (?:images|samples))|\b(?:few|little) data\b|\b(?:data ?set|set|data) (?:has|of"
            r"|contains|with|is) (?:\w+ )?[1-9]\d{1,2}\b(?![.,]?\d)"
            r"|\bi have (?:only )?[1-9]\d{1,2} [a-z]\w+|\bwith [1-9]\d{1,2} (?:images|photos|pictures"
            r"|samples)|\bhow many images\b"),
    ),
    "small_batch": words(
        (3, r"\bbatch[ _-]?size\b[^;]{0,12}\b(?:1|2|4|one|two|four)\b|\bbatch(?:es)? of (?:1|2|4|one|two"
            r"|four)\b|\bsmall batch\w*"), (1, r"\bmemory\b|\bbatch\b|\bgpu\b")
    ),
    "latents_ignored": words(
        (3,
            rf"\bignor\w*|{NO} (?:\w+ )?(?:effect|influence|used?)\b|\bmakes? no difference\b"
            rf"|\bdoes not (?:matter|depend)\b"), (2, r"\bnoise\b|\bz\b|\blatents?\b"), (1, G)
    ),
    "label_smoothing": words(
        (4, r"\bsmooth\w*|\bsoft (?:labels?|targets?)\b"), (1, r"\blabels?\b|\btargets?\b"), (1,
            r"\bfakes?\b|\bboth\b|\b0\.1\b|\b0\.9\b")
    ),
    "real_cue": words(
        (3, r"\bpadd\w*|\bborders?\b|\bwatermark\w*|\bjpe?g\b|\bcompress\w*|\bbackgrounds?\b|\bmask\w*"
            r"|\bquanti[sz]\w*|\bbgr\b|\binterpolation\b"),
        (1, r"\breals?\b|\boriginals?\b"),
        (2, rf"\b(?:fakes?|generated)\b[^;]{{0,50}}{NO}|\bonly (?:the )?reals?\b|\bpreprocess\w* differ\w*"
            rf"|\bdifferent\w*[^;]{{0,30}}(?:resiz|crop|preprocess)\w*"),
    ),
    "unshuffled_data": words(
        (4, rf"\bshuffle ?= ?false\b|{NO}[^;]{{0,12}}shuffl\w*|\bsorted\b|\bone class after\b"
            rf"|\bin order of\b|\bordered by\b"), (1, r"\bdata\w*|\bbatch\w*|\bloader\b")
    ),
    "latents_fixed": words(
        (3, r"\b(?:same|fixed|constant|one) (?:\w+ )?(?:noise|z|latents?|seed)\b"
            r"|\bnoise\b[^;]{0,30}(?:outside|before) the\b[^;]{0,12}loop|\bsampled once\b|\bdrawn once\b"),
        (1, r"\bloop\b|\bepoch\b|\bevery step\b|\btraining\b"),
    ),
    "generator_sign": words(
        (2, r"\bsigns?\b|\bminus\b|\bshould be negative\b|\bnegated?\b|\bwrong direction\b|\bmaximi[sz]\w*"
            r"|\bbackward\(m?one\)"),
        (1, G + r"|\bg_?loss\b"),
        (2, r"\bwrong\b|\bshould be\b|\bmissing\b|\bforgot\w*|\bbug\b|\bopposite\b|\binstead of minimi"),
        (-2, r"\bprint\w*\b|\blogg\w*"),
    ),
    "skips_updates": words(
        (4, r"\bskip\w*[^;]{0,30}(?:updat|step|train)\w*|\b(?:only )?(?:updated?"
            r"|trained?) (?:only )?(?:when|if|while)\b|\bthreshold\b|\bif (?:d_?loss|acc\w*|loss\w*) ?[<>]")
    ),
}  # fmt: skip
"""The first words of each must be there; what weighs less than nothing speaks against it. Of two that
weigh the same the one that stands first is taken."""
