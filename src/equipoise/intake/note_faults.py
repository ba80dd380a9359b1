"""Frames of what goes wrong in code: penalties, last layers, signs, optimisers, gradients, clipping."""

from equipoise.intake.note_frames import NO, Frame, frame

D = r"(?:discriminator\w*|net_?d\b|\bd_?(?:model|net|step|phase)\b|model_?d\b|\bdis_?model\b)"
G = r"(?:generator\w*|net_?g\b|\bg_?(?:model|net|step|phase)\b|model_?g\b|\bgen_?model\b)"
G_LOSS = r"(?:\bg_?(?:en)?_?(?:adv_?)?loss\w*|\bloss_?g(?:en)?\w*|\berr_?g\b|\bgen(?:erator)?_(?:loss|cost)|loss of (?:the )?generator|generator(?:'s)? loss|\bg_?cost)"
D_LOSS = r"(?:\b[dc]_?(?:isc?|ritic)?_?loss\w*|\bloss_?[dc]\w*|\berr_?d\b|\bdiscriminator_(?:loss|cost)|loss of (?:the )?discriminator|discriminator(?:'s)? loss|\bd_?cost)"
GRADIENTS = r"(?:\bgrad\w*|\bslopes?\b|\bpenalty\b|\bgp\b)"
PENALTY = r"(?:gradient[ _-]?penalty|\bgp\b|\bgrad_?pen\w*|penalty (?:term|function)|(?:calc|compute)_\w*penalty\w*)"
NORM = r"(?:\bnorms?\b|\.norm|_norm|sqrt|square|\bl2\b|\bslopes?\b|penalty)"
ONE_AXIS = (
    r"(?:\b(?:dim|axis) ?=? ?\(?\[?1\b(?! ?, ?\d)|reduction_ind\w+ ?= ?\[?\(?1\b(?! ?, ?\d)|"
    r"\b(?:second|one|single|channel) (?:axis|dim\w*)|\bper[- ]?pixel|\b(?:each|every|single) pixel|\belement[- ]?wise|"
    r"\bchannel[- ]?wise|\b(?:over|along|across|of) (?:the |each )?channels?|norm\( ?(?:p ?= ?)?2 ?, ?(?:dim ?= ?)?1 ?\)|"
    r"\bwidth only|\bfirst non-?batch)"
)
ALL_AXES = r"(?:(?:dim|axis|ind\w+) ?= ?[\[(] ?1 ?, ?2|per[- ]sample norm|\.view\(|\.flatten\(|flatten\(start_dim|(?<!not )(?<!never )(?:flattened|reshaped) (?:first|before))"
IMAGES = r"(?:[\[(] ?(?:[\w-]+ ?, ?){3}[\w-]+ ?[\])]|\d ?x ?\d|\bimages?\b|\bpixels?\b|\bnchw\b|\bnhwc\b|\bconv\w*|\bcnn\b|dcgan|\b4-?d\b|mnist|cifar|celeba)"
BCE = r"(?:binary[ _-]?cross[ _-]?entropy|\bbce\b|bceloss|cross[ _-]?entropy|\blog[ _-]?loss\b|nn\.bce)"
LOGITS = r"(?:with_?logits|from_logits ?= ?true|with logits|bcewithlogits\w*)"
SIGMOID = r"(?:sigmoid)"
ONE_UNIT = r"(?:dense|linear|conv(?:2d)?)\( ?(?:(?:[\w*/.]+ ?, ?)?1\b|units ?= ?1\b)"
LAST = r"(?:\blast\b|\bfinal\b|\boutput\b|\bend(?:s|ing)?\b|\bhead\b|\bon top\b|\bafter the discriminator|" + ONE_UNIT + r")"
LEFT_ON = r"(?:\bstill\b|\bleft\b|\bkept\b|\bhas\b|\bhave\b|\bhad\b|\bis\b|\bwith\b|\buses?\b|\bcontains?\b|there's|=)"
BATCH_NORM = r"(?:batch[ _-]?norm\w*|\bbn\b|\bbn_?layers?\b|--?norm[ =]batch\b|batchnormalization)"
EVERY_STEP = r"(?:each|every|all|whole|entire|throughout|over and over|again and again|reus\w+|once|outside (?:of )?the (?:training )?loop|before the (?:training )?loop)"

FAULTS: tuple[Frame, ...] = (
    # the penalty
    frame({"penalty_norm": "per_channel"}, ONE_AXIS, NORM, GRADIENTS, IMAGES, never=ALL_AXES, reach="near"),
    frame({"penalty_norm": "per_channel"}, r"\bnorm\b|\bslopes?\b|\bgrad\w*",
          rf"{NO}.{{0,40}}\b(?:flatten|reshap|view)\w*|\b(?:flatten|reshap)\w*.{{0,30}}{NO}", ONE_AXIS, reach="near"),
    frame({"penalty_norm": "whole_batch"}, r"norm\b|sqrt|\bslopes?\b|\bgrad\w*",
          r"\b(?:whole|entire|complete|over the) batch\b|all samples together|including the batch|batch (?:dimension|axis)? ?is part of|batch is (?:included|summed)",
          NORM, never=r"interpol|batch ?norm"),
    frame({"penalty_interpolation": "per_element"}, r"\balpha\b|\beps(?:ilon)?\b|interpolat\w+|mixing",
          r"(?:each|every|per) (?:pixel|element|dimension|entry|channel)|whole input|shape ?= ?[\w.]*shape\(|rand(?:_like|\([\w.]*\.(?:shape|size))|"
          r"same shape as|shape of the (?:whole )?(?:input|image|data|batch)|full shape", never=NO),
    frame({"penalty_interpolation": "per_batch"}, r"\balpha\b|\beps(?:ilon)?\b|interpolation",
          r"\b(?:one|single|same|scalar)\b|np\.random\.(?:rand|uniform)\(\)|rand\( ?1 ?\)|random\.random\(\)", r"\bbatch\b|all samples|whole"),
    frame({"penalty_coefficient": "normal"}, r"\balpha\b|\beps(?:ilon)?\b|interpolat\w+", r"\brandn\b|normal distribution|\bgaussian\b|random\.normal|n\(0, ?1\)"),
    frame({"penalty_norm_safe": False, "nan_seen": True}, r"\bnans?\b|\binf(?:inite|inity)?\b", r"sqrt|\bnorm\b|\.norm\(|square root",
          GRADIENTS, never=r"(?:1e-\d+|epsilon|\beps\b) (?:is )?(?:added|inside|in)(?! it)|\+ ?(?:1e-|eps)", reach="text"),
    frame({"penalty_reaches_weights": False}, PENALTY,
          rf"{NO}.{{0,40}}\b(?:called|used|applied|added|computed|in the (?:total )?loss|part of|contribut\w+|flow\w*|reach\w*|affect\w*|depend\w*|create_graph|backprop\w*|include\w*)"
          r"|\b(?:called|used|applied|added|included)\b.{0,20}\b(?:nowhere|never)|\balways (?:0|zero|exactly)|\bis (?:always )?(?:exactly )?(?:0(?:\.0+)?|zero)\b|\bno effect\b|create_graph ?= ?false",
          never=r"\b(?:clip_value|weight clipping)\b.{0,30}\bnot"),
    frame({"penalty_reaches_weights": False}, r"\bgrad\w*|" + PENALTY, r"\bdetach|\bno_grad|\.item\(\)|\.data\b|stop_gradient|numpy\(\)|create_graph ?= ?false",
          PENALTY, never=r"fake\w*\.detach|fakes? (?:is|are) detach"),
    # last layers and losses
    frame({"discriminator_output": "sigmoid"}, SIGMOID, rf"{D}.*{SIGMOID}|{SIGMOID}.*{D}", LAST + "|" + LEFT_ON,
          never=rf"generator[^.,;]{{0,40}}{SIGMOID}|{NO} {{0,1}}(?:\w+ ){{0,3}}{SIGMOID}|{SIGMOID}\w* (?:activation )?(?:is|was|were)? ?(?:removed|dropped|missing|gone)|only (?:for|used for) (?:debug|logging|display)"),
    frame({"discriminator_output": "sigmoid"}, SIGMOID, r"should(?:n't| not) (?:there )?(?:the |be|have|use)[^.;]{0,30}sigmoid|sigmoid[^.;]{0,30}should(?:n't| not)|should(?:n't)?[^.;]{0,40}sigmoid[^.;]{0,30}(?:removed|dropped|left out)|sigmoid[^.;]{0,20}should be (?:removed|dropped)",
          rf"{D}|last|final|output", never=r"generator", denied_too=True),
    frame({"discriminator_output": "sigmoid"}, rf"{ONE_UNIT}[^;]{{0,60}}{SIGMOID}", SIGMOID, never=r"generator"),
    frame({"discriminator_output": "tanh"}, r"\btanh\b", rf"{D}.{{0,60}}\btanh|\btanh\b.{{0,60}}{D}", LAST, never=r"generator|\bno tanh|not tanh"),
    frame({"discriminator_output": "linear"}, r"\bsigmoid|\bactivation",
          rf"(?:{NO}|\bremoved\b) ?(?:\w+ ){{0,4}}(?:sigmoid|activation)|(?:sigmoid|activation)\w* (?:is|was)? ?(?:removed|missing|not)|activation ?= ?none",
          rf"{D}|{BCE}", never=r"generator (?:has|uses|ends)|should"),
    frame({"loss_function": "bce_with_logits"}, LOGITS, r"loss|criterion|cross|bce", never=rf"{NO} (?:\w+ ){{0,2}}(?:from_logits|bcewithlogits)"),
    frame({"loss_function": "bce"}, BCE, r"loss|criterion|train\w*|compil\w*|labels?|\bbce", never=LOGITS + r"|instead of|replac|works?\b"),
    frame({"loss_function": "mse"}, r"squared (?:error|loss|difference)|\bmse\b|\bl2 loss|mean[ _]squared", D, never=r"pixel|reconstruct|perceptual|content"),
    frame({"objective": "wasserstein", "loss_function": "other"}, r"\blog\b|\.log\(", G_LOSS + r"|generator", r"wgan|wasserstein", reach="near",
          never=r"\blog(?:s|ged|ging)?\b (?:file|of|below)|tensorboard"),
    # normalisation
    frame({"discriminator_normalisation": "batch"}, BATCH_NORM, rf"{D}|--norm|build_discriminator|\bboth\b|everywhere|all (?:the )?(?:layers|conv)|every (?:conv|layer|block)",
          never=rf"{NO} (?:\w+ )?{BATCH_NORM}|only (?:in|for) (?:the )?generator|(?:generator|\bg)\b[^.;]{{0,25}}{BATCH_NORM}(?!.*{D})|(?:layer|instance|group)[ _-]?norm\w* instead|replaced? (?:the )?{BATCH_NORM}|removed? (?:the )?{BATCH_NORM}|is_training|eval"),
    frame({"normalisation_at_generator_output": True}, r"(?:batch|instance|layer)?[ _-]?norm\w*|\bbn\b",
          r"(?:norm\w*|\bbn\b)[^.;]{0,40}(?:before|then|followed by|in front of|and|,|->)[^.;]{0,25}\btanh|(?:before|input of|in front of) (?:the )?(?:final |last )?tanh|tanh[^.;]{0,25}(?:after|follows|is preceded by)[^.;]{0,25}norm",
          never=rf"\b{NO} norm(?!.*original)"),
    frame({"batch_norm_eps": 0.8}, r"batchnorm\w*\( ?[\w*/]+ ?, ?0?\.8 ?\)|\beps(?:ilon)? ?(?:=|is|of|:)? ?0?\.8\b", r"norm|\bbn\b"),
    # signs
    frame({"generator_sign_wrong": True}, r"\.?backward\( ?one ?\)", rf"{G}|{G_LOSS}", never=r"backward\(mone\)[^.;]{0,30}generator"),
    frame({"generator_sign_wrong": True}, rf"(?:{G_LOSS}) ?(?:=|is) ?\+? ?(?:\w+\.)*(?:reduce_)?mean\( ?(?:discriminator|critic|d|fake|net_?d|disc\w*|logits_fake|y_fake)\w*|"
          rf"(?:{G_LOSS}) ?(?:=|is) ?(?:\w+\.)*(?:d|discriminator|critic|disc)\w*\([^-]*\)\.mean\(\)"),
    frame({"generator_sign_wrong": True}, rf"{G}|{G_LOSS}", r"wrong (?:sign|direction)|sign (?:is|was) (?:wrong|flipped|missing)|minus (?:sign )?(?:is )?(?:missing|forgotten)|(?:forgot|missing|without)(?: the)? (?:minus|negative)|maximi[sz]e\w* instead of minimi[sz]|minimi[sz]\w+ the (?:discriminator's )?score"),
    frame({"generator_sign_wrong": True}, rf"{G}.{{0,60}}\b(?:fake labels?|labels? of (?:fake|zeros?)|zeros?_like|torch\.zeros|target (?:of )?0|label(?:s)? (?:is |are )?(?:0|zero|fake))", r"train|loss|step|updat|combined|gan\b",
          never=r"discriminator|log ?\(1|1 ?- ?"),
    frame({"discriminator_sign_wrong": True}, D_LOSS, r"mean\([^()]*\([^()]*real[^()]*\) ?\+|= ?-\( ?[^()]*real[^()+]*\+[^()]*fake"),
    frame({"discriminator_sign_wrong": True}, D, r"wrong (?:sign|direction)|sign (?:is|was) (?:wrong|flipped)|both (?:scores|terms) (?:are )?(?:pushed|pulled|go) up|parenthes[ie]s"),
    frame({"labels_swapped": True}, r"\blabels?\b|\btargets?\b",
          r"\breals?\b[^.;]{0,30}(?:\b(?:is|are|as|=|get|labell?ed)\b[^.;]{0,10})?\b(?:0|zeros?)\b[^.;]{0,40}\bfakes?\b[^.;]{0,30}\b(?:1|ones?)\b|\bfakes?\b[^.;]{0,30}\b(?:1|ones?)\b[^.;]{0,30}\breals?\b[^.;]{0,30}\b(?:0|zeros?)\b|swapped|mixed up|wrong way (?:a?round)|inverted",
          D + r"|\breals?\b", never=r"\bclass|condition|generator.{0,30}\b(?:0|zeros?)\b|on purpose|trick|hack"),
    # who is trained
    frame({"discriminator_moves": False}, r"trainable ?(?:=|is|was|to|set to|at)? ?(?:set )?(?:to )?false", D + r"|\bdisc\w*",
          r"compil\w*|forever|never|stays?|still|always|not set back|again|0 trainable|all (?:its )?param|frozen|flat|both|before|after", reach="near",
          never=r"set back to true|trainable ?= ?true"),
    frame({"discriminator_moves": False}, D, r"(?:weights|param\w*)[^.;]{0,50}(?:the same|identical|unchanged|(?:not|n't|never)[^.;]{0,12}(?:chang|updat|train|mov|optimi[sz])|frozen)|0 trainable|(?:is|are|was|stays?|remains?) (?:always )?frozen|never (?:trained|updated|optimi[sz]ed)",
          never=r"when (?:the )?generator|while|generator's step|for the generator"),
    frame({"discriminator_moves": False}, rf"(?:\bopt(?:im\w*)?_?d\b|\bd_?opt\w*|discriminator_?optim\w*|optimizer_?d\b|{D}.{{0,20}}optimi[sz]er)", rf"{NO}[^;]{{0,40}}(?:\bstep\b|\.step|call)|(?:\.step|\bstep)[^;]{{0,25}}{NO}|should be d_?optim"),
    frame({"discriminator_moves": False}, r"(?:both|two|second|twice)\b.{0,50}(?:g_?optim\w*|optim\w*_?g\b|generator_?optim\w*)", r"step|line"),
    frame({"discriminator_moves": False}, D, r"requires_grad[^.;]{0,50}false", r"never|forgot|not set back|stays?|left|still", never=r"set back to true"),
    frame({"generator_moves": False}, r"detach\w*|\.data\b|no_grad|\.numpy\(\)|argmax|\bround(?:ed)?\b",
          rf"(?:{G}(?:'s)? (?:step|update|loss|training|phase)|(?:update|train\w*|step|loss|optimi[sz]\w+) (?:of |for |the )*{G}|for {G}|{G_LOSS}|never reach\w* (?:the )?{G})", never=r"discriminator(?:'s)? (?:step|update|loss)|(?:train\w*|updat\w*|step of) (?:the )?discriminator|when d(?:iscriminator)? is trained", reach="near"),
    frame({"generator_moves": False}, rf"(?:\bopt(?:im\w*)?_?g\b|\bg_?opt\w*|generator_?optim\w*|{G}.{{0,20}}optimi[sz]er)", rf"{NO}[^;]{{0,40}}(?:\bstep\b|\.step|call)|(?:\.step|\bstep)[^;]{{0,25}}{NO}"),
    frame({"generator_moves": False}, G, r"(?:weights|param\w*)[^.;]{0,50}(?:the same|identical|unchanged|(?:not|n't|never)[^.;]{0,12}(?:chang|updat|train|mov))|gradients? (?:of|in|for)[^.;]{0,20}(?:is|are) (?:none|always (?:0|zero))|grad (?:is )?none|generator(?:'s)?[^.;]{0,20}grad\w* (?:is|are|was|were) (?:always )?(?:none|zero|0)|(?:does|do|did)(?: not|n't|nt) (?:receive|get|have|see)[^.;]{0,12}grad|(?:is|are|was|gets?)(?: not|n't|nt| never) (?:being )?(?:updated|trained|changed|optimi[sz]ed)|gradients? of the generator (?:is|are|was|were) (?:none|zero|0)",
          never=r"discriminator (?:is|are|was|gets?)(?: not|n't| never)|so that|while|when (?:the )?discriminator"),
    frame({"optimizers_share_parameters": True}, r"\bvar_list\b|trainable_variables|\.parameters\(\)|minimize\(", rf"{NO} ?(?:\w+ ){{0,2}}var_list|var_list[^.;]{{0,25}}{NO}|all (?:the )?(?:trainable )?(?:variables|parameters)|tf\.trainable_variables\(\)(?! if)|itertools\.chain|list\([^)]*(?:gen|\bg\b)[^+]*\+ ?list\([^)]*(?:disc|\bd\b)"),
    frame({"optimizers_share_parameters": True}, rf"(?:combined|gan|stacked)(?: model)?|{G}", rf"{D}[^.;]{{0,40}}(?:{NO}[^.;]{{0,15}}(?:frozen|freez\w+|trainable ?= ?false)|trainable ?= ?true|also (?:trained|updated|learns))|{NO} ?(?:\w+ ){{0,3}}(?:freez\w+|frozen) (?:the )?{D}", never=r"0 trainable"),
    frame({"optimizers_share_parameters": True}, r"(?:same|one|single|shared|only one|common) (?:\w+ )?optimi[sz]er", rf"both|two|{D}.*{G}|{G}.*{D}"),
    # gradients
    frame({"fakes_detached": False}, r"\bfakes?\b|generated|" + G, rf"{NO}[^.;]{{0,20}}detach\w*|detach\w*[^.;]{{0,20}}{NO}", never=r"(?:is|are) detached|works either way"),
    frame({"gradients_zeroed": False}, r"zero_?grad\w*|\bgrad\w*", rf"{NO}[^.;]{{0,40}}(?:zero_?grad|zeroed|clear\w*|reset)|(?:zero_?grad\(?\)?|zeroed|cleared|reset)[^.;]{{0,25}}{NO}|accumulat\w+[^.;]{{0,40}}(?:both|phases|steps|iterations|over)",
          never=r"gradient accumulation|accumulate_every|accumulation steps"),
    frame({"gradients_zeroed": False, "generator_gradients_leak": True}, r"zero_?grad\w*", r"(?:only|just) (?:called )?(?:once|one)|at the (?:top|start|beginning|end) (?:of|only)", reach="near"),
    # clipping
    frame({"clip_value": 0.0, "objective": "wasserstein", "penalty": "none"}, r"wgan|wasserstein", rf"{NO}[^.;]{{0,30}}(?:clip|clamp)\w*|(?:clip|clamp)\w*[^.;]{{0,25}}{NO}(?! gradient)", reach="near",
          never=r"wgan[ -]?gp|with (?:a )?(?:gradient )?penalty|gradient clip|instead of (?:weight )?clip|clip_grad"),
    frame({"clip_after_step": False}, r"(?:clip|clamp)\w*", rf"(?:clip|clamp)\w*[^.;]{{0,60}}(?:before|prior to|ahead of|precedes?)[^.;]{{0,40}}(?:step|update|optim\w*)|(?:step|updat\w*)[^.;]{{0,40}}(?:after|follows)[^.;]{{0,20}}(?:the )?(?:clip|clamp)", never=rf"{NO} before"),
    frame({"d_steps": 1.0, "g_steps": 1.0}, D + r"|critic", r"(?:both|each|and the generator)[^.;]{0,30}\bonce\b|\bonce each\b|\b1 ?: ?1\b|(?:iterations?|steps?|updates?) per generator (?:iteration|step|update)?[^.;\d]{0,12}\b1\b|no (?:extra|additional) (?:discriminator|critic) (?:updates|steps|iterations)|only (?:one|1|a single) (?:discriminator|critic) (?:step|update|iteration)|(?:discriminator|critic) (?:is )?(?:only )?(?:updated|trained) (?:only )?once (?:per|for)|same number of (?:steps|updates|iterations)"),
    frame({"gradient_clipping": 0.01, "clip_value": 0.0}, r"(?:clip|clamp)\w*", r"gradients?[^.;]{0,30},? (?:not|never|instead of|rather than) (?:the )?weights?|(?:clip|clamp)\w*[^.;]{0,20}is the gradient", r"weights?", denied_too=True),
    # latents
    frame({"latents_fixed": True}, r"\bnoise\b|\blatents?\b|\bz\b|fixed_noise|\bseed\b", r"\b(?:same|fixed|constant|identical)\b|generated once|sampled once|fixed_noise|seed\b.{0,30}(?:inside|in the loop|every|each)", EVERY_STEP,
          r"train\w*|step|iteration|batch|epoch|loop", never=r"\bplot|\bpreview|for (?:visuali|monitor|sampling|evaluat|sample|the (?:plots|samples|preview))|to (?:monitor|track|visuali|show|see)|test|images? for|same (?:image|output|sample|picture)|any noise|different noise"),
    frame({"latents_used": False}, r"\bnoise\b|\blatents?\b|\bz\b", rf"{NO} (?:effect|influence|impact|difference)|ignor\w+|{NO}[^.;]{{0,12}}(?:used|fed|passed|reach\w*|connected|matter)", G + r"|output|images?|samples?", never=r"not only|instance noise|label"),
)  # fmt: skip
