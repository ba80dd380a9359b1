"""Words that frames are made of: how people call players, losses and things done to them."""

D = (
    r"(?:discriminator\w*|net_?d\b|\bd_?(?:model|net|step|phase)\b|model_?d\b|\bdis_?model\b"
    r"|\b(?:build|make|get|create|define)_(?:critic|disc|d)\b|\bcritic_(?:model|net\w*)\b|\bself\.(?:critic|disc|d)\b)"
)

G = r"(?:generator\w*|net_?g\b|\bg_?(?:model|net|step|phase)\b|model_?g\b|\bgen_?model\b)"

G_LOSS = (
    r"(?:\bg_?(?:en)?_?(?:adv_?)?loss\w*|\bloss_?g(?:en)?\w*|\berr_?g\b|\bgen(?:erator)?_(?:loss"
    r"|cost)|loss of (?:the )?generator|generator(?:'s)? loss|\bg_?cost)"
)

D_LOSS = (
    r"(?:\b[dc]_?(?:isc?|ritic)?_?loss\w*|\bloss_?[dc]\w*|\berr_?d\b|\bdiscriminator_(?:loss"
    r"|cost)|loss of (?:the )?discriminator|discriminator(?:'s)? loss|\bd_?cost)"
)

GRADIENTS = r"(?:\bgrad\w*|\bslopes?\b|\bpenalty\b|\bgp\b)"

PENALTY = (
    r"(?:gradient[ _-]?penalty|\bgp\b|\bgrad(?:ients?)?[ _-]?pen\w*|penalty (?:term|function)|(?:calc"
    r"|compute)_\w*penalty\w*)"
)

NORM = r"(?:\bnorms?\b|\.norm|_norm|sqrt|square|\bl2\b|\bslopes?\b|penalty)"

ONE_AXIS = (
    r"(?:\b(?:dim|axis) ?=? ?\(?\[?-?1\b(?! ?, ?\d)|reduction_ind\w+ ?= ?\[?\(?1\b(?! ?, ?\d)|"
    r"\b(?:second|one|single|channel|last|first|final|colou?r) (?:axis|dim\w*)|\bper[- ]?pixel|\b(?:each|every"
    r"|single) pixel|\belement[- ]?wise|"
    r"\bchannel[- ]?wise|\b(?:over|along|across|of) (?:the "
    r"|each )?channels?|norm\( ?(?:p ?= ?)?2 ?, ?(?:dim ?= ?)?1 ?\)"
    r"|"
    r"\bwidth only|\bfirst non-?batch)"
)

ALL_AXES = (
    r"(?:(?:dim|axis|ind\w+) ?= ?[\[(] ?1 ?, ?2|per[- ]sample norm|\.view\(|\.flatten\("
    r"|flatten\(start_dim|(?<!not )(?<!never )(?:flattened|reshaped) (?:first|before))"
)

IMAGES = (
    r"(?:[\[(] ?(?:[\w-]+ ?, ?){3}[\w-]+ ?[\])]|\d ?x ?\d|\bimages?\b|\bpixels?\b|\bnchw\b"
    r"|\bnhwc\b|\bconv\w*|\bcnn\b|dcgan|\b4-?d\b|mnist|cifar|celeba)"
)

BCE = r"(?:binary[ _-]?cross[ _-]?entropy|\bbce\b|bceloss|cross[ _-]?entropy|\blog[ _-]?loss\b|nn\.bce)"

LOGITS = r"(?:with_?logits|from_logits ?= ?true|with logits|bcewithlogits\w*)"

SIGMOID = r"(?:sigmoid)"

ONE_UNIT = r"(?:dense|linear|conv(?:2d)?)\( ?(?:(?:[\w*/.]+ ?, ?)?1\b|units ?= ?1\b)"

LAST = (
    r"(?:\blast\b|\bfinal\b|\boutput\b|\bend(?:s|ing)?\b|\bhead\b|\bon top\b|\bafter the discriminator"
    r"|" + ONE_UNIT + r")"
)

LEFT_ON = (
    r"(?:\bstill\b|\bleft\b|\bkept\b|\bhas\b|\bhave\b|\bhad\b|\bis\b|\bwith\b|\buses?\b"
    r"|\bcontains?\b|there's|=)"
)

BATCH_NORM = (
    r"(?:batch[ _-]?norm\w*|\bbatch (?:variety|version|variant|kind|type)\b|\bbn\b|\bbn_?layers?\b"
    r"|--?norm[ =]batch\b|batchnormalization)"
)

EVERY_STEP = (
    r"(?:each|every|all|whole|entire|throughout|over and over|again and again|reus\w+"
    r"|once|outside (?:of )?the (?:training )?loop|before the (?:training )?loop)"
)

REALS = (
    r"(?:\bfeatures\b|\brows\b|\bcolumns\b|\bvoxels\b|\bvalues\b|\breals?\b|\btraining (?:images"
    r"|data|set|samples)|\bdataset\b|\bx_train\b|\binputs?\b|\bdata\b|\bdigits?\b|\bmnist\b"
    r"|\bimages?\b|\bpixels?\b)"
)

FAKES = (
    r"(?:\bfakes?\b|\bgenerated\b|\bsynthe\w+|\bgenerator'?s? (?:output|images|samples)"
    r"|\boutputs? of (?:the )?generator)"
)

SAMPLES = (
    r"(?:\bimages?\b|\bsamples?\b|\boutputs?\b|\bpictures?\b|\bfaces?\b|\bdigits?\b"
    r"|\bresults?\b|\bfakes?\b|\bfid\b|\bquality\b|\bgenerator\b|\bgenerations?\b|\beverything\b)"
)

WELL = (
    r"(?:\bgood\b|\bfine\b|\bgreat\b|\bok\b|\bokay\b|\bnice\w*\b|\bperfect\w*\b|\bnormal\b"
    r"|\bwell\b|\b(?:look|looks|looked|are|is) right\b|\bsharp\b|\breasonable\b|\brealistic\b|\bexcellent\b"
    r"|\bbeautiful\b"
    r"|\bdecent\b)"
)

BADLY = (
    r"(?:\bbad\b|\bpoor\w*\b|\bworse\b|\bterrible\b|\bhorrib\w+|\bnois[ey]\w*\b|\bgarbage\b"
    r"|\bgr[ae]y\b|\bblack\b|\bblank\b|\bwhite\b|\bnonsense\b|\bbroken\b|\bawful\b"
    r"|\bblurr\w+|\bugly\b|\bcollaps\w+|\bdegrad\w+|\bdifferent\b|\bcompletely off\b"
    r"|\brubbish\b|\bjunk\b|\bcrap\w*|\btrash\b|\bmess\w*|\bstatic\b|\bnot good\b|\bblobs?\b|\bswirl\w*"
    r"|\bunrecogni\w+|\bwrong\b|\bwashed)"
)

EVALUATION = (
    r"(?:\beval(?:\(\)|uation)?\b|\.eval\b|is_training ?= ?false|training ?= ?false"
    r"|\btest(?:ing)?(?: time| mode| phase| function| script)?\b|\binference\b|set_phase"
    r"|learning_phase|\.predict\b|\bpredict(?:ing|ion)?\b|(?:is_?)?train(?:ing)? (?:is )?(?:off|false)\b)"
)

TRAINING = (
    r"(?:\btrain(?:\(\)|ing)?\b|\.train\b|is_training ?= ?true|training ?= ?true|without (?:that"
    r"|this|it|the call)|during)"
)

SAYS_ZERO_TO_ONE = r"(?:/ ?255\.?0?\b|[\[(] ?0(?:\.0)? ?, ?1(?:\.0)? ?[\])]|\b0 ?(?:-|to|\.\.|and) ?1\b|totensor)"

SAYS_BYTES = r"(?:\b0 ?(?:-|to|\.\.|,|and|\u2026) ?255\b|\buint8\b|\bbytes?\b|\b255\b)"

SAYS_MINUS_ONE = r"(?:[\[(] ?-1(?:\.0)? ?, ?1(?:\.0)? ?[\])]|-1 ?(?:-|to|\.\.|and) ?\+?1\b|127\.5)"
