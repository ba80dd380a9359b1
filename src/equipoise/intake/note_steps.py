"""Frames of who is trained by what: optimisers, gradients, steps, latents."""

from equipoise.intake.note_frames import NO, Frame, frame
from equipoise.intake.note_words import EVERY_STEP, G_LOSS, D, G

STEPS: tuple[Frame, ...] = (
    frame(
        {"discriminator_in_optimizer": False},
        r"(?:adam\w*|rmsprop|sgd|optim\w*) (?:for|of) (?:the )?discriminator[^;]{0,40}generator(?:'s)?\.? ?param"
        r"|discriminator(?:'s)? (?:adam|optim\w*)[^;]{0,40}generator(?:'s)?\.? ?param",
        never=r"discriminator(?:'s)?\.? ?param",
    ),
    frame(
        {"discriminator_moves": False}, rf"{NO} (?:\w+ ){{0,2}}(?:optimi[sz]er )?step (?:for|of) (?:the )?discriminator"
    ),
    frame(
        {"generator_moves": False},
        r"numpy|no_grad|\.detach|\bdetach\w*",
        r"generator(?:'s)? (?:forward|pass|call)\b|in generator's step|in the generator(?:'s)? (?:step|update)"
        r"|in (?:the )?(?:update|step|training) of (?:the )?generator",
        never=r"discriminator(?:'s)? (?:step|update)|sampl|evaluat",
    ),
    frame(
        {"optimizers_share_parameters": True},
        r"(?:same|one|single|shared) (?:\w+ )?(?:instance|object|adam)\b",
        rf"{D}.*{G}|{G}.*{D}|\bboth\b",
        r"optim\w*|adam|rmsprop|sgd",
    ),
    frame(
        {"latents_fixed": True},
        r"\bnoise\b|\blatents?\b|\bz\b",
        r"(?:created|drawn|made|sampled|generated|defined) (?:only )?once|outside (?:of )?the (?:training )?loop",
        never=r"plot|visuali|preview|monitor|evaluat",
    ),
    frame(
        {"skips_updates": True},
        rf"{D}|{G}",
        r"\bif\b[^;]{0,25}(?:loss|acc\w*|err\w*)[^;]{0,15}[<>]|only (?:ever )?(?:trained|updated|stepped)[^;]{0,30}"
        r"\b(?:when|if|while)\b|\b(?:skip|paus|stop|freez)\w*[^;]{0,40}\b(?:if|when|once|while|until)\b[^;]{0,40}"
        r"\b(?:loss|acc\w*|strong|ahead)",
        r"updat\w*|train\w*|step\w*|skip\w*|paus\w*",
        never=r"early stopping|only (?:trained|updated) (?:when|if) the (?:other|generator) is",
    ),
    frame(
        {"d_steps": 1.0, "g_steps": 1.0},
        r"discriminators?|critics?",
        r"(?:generator and (?:the )?(?:two |both )?(?:critics?"
        r"|discriminators?)|(?:critics?|discriminators?) and (?:the )?"
        r"generator|\bboth\b)[^;]{0,25}(?:at the same time|in (?:every|each) iteration|simultaneously|equally often)",
        r"updat\w*|train\w*",
    ),
    # who is trained
    frame(
        {"discriminator_moves": False},
        r"trainable ?(?:=|is|was|to|set to|at)? ?(?:set )?(?:to )?false",
        D + r"|\bdisc\w*",
        r"forever|never|stays?\b|still|always|not set back|once more|0 trainable|all (?:its )?param"
        r"|\bflat\b|the same before|in the script|in the code|"
        r"(?:before|prior to)[^;]{0,30}(?:discriminator\w*\.compile|compil\w+ (?:of )?(?:the )?discriminator"
        r"|(?:it|that) is compiled)|compil\w+[^;]{0,60}after[^;]{0,40}false",
        reach="near",
        never=r"(?<!never )(?<!not )set back to true|trainable ?= ?true|(?:before|for"
        r"|of) (?:compiling )?(?:the )?(?:combined"
        r"|stacked|gan)(?!.*(?:forever|never|stays|still|0 trainable|same before))|only set for",
    ),
    frame(
        {"discriminator_moves": False},
        D,
        r"(?:weights|param\w*)[^;]{0,50}(?:the same|identical|unchanged|(?:not|n't|never) (?:\w+ly |being |been "
        r"|get\w* |be |at all )?(?:chang"
        r"|updat|train|mov|optimi[sz])|frozen)|0 trainable|(?:is|are|was|stays?|remains?) (?:always )?frozen"
        r"|never (?:trained|updated|optimi[sz]ed)",
        never=r"when (?:the )?generator|while|generator's step|for the generator",
    ),
    frame(
        {"discriminator_moves": False},
        rf"(?:\bopt(?:im\w*)?_?d\b|\bd_?opt\w*|discriminator_?optim\w*|optimizer_?d\b|{D}.{{0,20}}optimi[sz]er)",
        rf"{NO}[^;]{{0,40}}(?:\bstep\b|\.step|call)|(?:\.step|\bstep)[^;]{{0,25}}{NO}|should be d_?optim",
        never="zero_?grad",
    ),
    frame(
        {"discriminator_moves": False},
        r"(?:both|two|second|twice)\b.{0,50}(?:g_?optim\w*|optim\w*_?g\b|generator_?optim\w*)",
        r"step|line",
    ),
    frame(
        {"discriminator_moves": False},
        D,
        r"requires_grad[^;]{0,50}false",
        r"never|forgot|not set back|stays?|left|still",
        never=r"(?<!never )(?<!not )set back to true",
    ),
    frame(
        {"generator_moves": False},
        r"detach\w*|\.data\b|no_grad|\.numpy\(\)|argmax|\bround(?:ed)?\b",
        rf"(?:{G}(?:'s)? (?:step|update|loss|training|phase)|(?:update|train\w*|step|loss"
        rf"|optimi[sz]\w+) (?:of |for |the )*{G}|for {G}|{G_LOSS}|never reach\w* (?:the )?{G})",
        never=r"discriminator(?:'s)? (?:step|update|loss)|(?:train\w*|updat\w*|step of) (?:the )?discriminator"
        r"|when d(?:iscriminator)? is trained",
        reach="near",
    ),
    frame(
        {"generator_moves": False},
        rf"(?:\bopt(?:im\w*)?_?g\b|\bg_?opt\w*|generator_?optim\w*|{G}.{{0,20}}optimi[sz]er)",
        rf"{NO}[^;]{{0,40}}(?:\bstep\b|\.step|call|used)|(?:\.step|\bstep)[^;]{{0,25}}{NO}",
        never="zero_?grad",
    ),
    frame(
        {"generator_moves": False},
        G,
        r"(?:weights|param\w*)[^;]{0,50}(?:the same|identical|unchanged|(?:not|n't|never) (?:\w+ly |being |been "
        r"|get\w* |be |at all )?(?:chang"
        r"|updat|train|mov))|gradients? (?:of|in|for)[^;]{0,20}(?:is|are) (?:none|always (?:0"
        r"|zero))|grad (?:is )?none|generator(?:'s)?[^;]{0,20}grad\w* (?:is|are|was|were) (?:always )?(?:none"
        r"|zero|0)|(?:does|do|did)(?: not|n't|nt) (?:receive|get|have|see)[^;]{0,12}grad"
        r"|(?:is|are|was|gets?)(?: not|n't|nt| never) (?:being )?(?:updated|trained|changed"
        r"|optimi[sz]ed)|gradients? of the generator (?:is|are|was|were) (?:none|zero|0)",
        never=r"discriminator (?:is|are|was|gets?)(?: not|n't| never)|so that|while|when (?:the )?discriminator",
    ),
    frame(
        {"optimizers_share_parameters": True},
        r"\bvar_list\b|trainable_variables|\.parameters\(\)|minimize\(",
        rf"{NO} ?(?:\w+ ){{0,2}}var_list|var_list[^;]{{0,25}}{NO}|all (?:the )?(?:trainable )?(?:variables"
        rf"|parameters)|tf\.trainable_variables\(\)(?! if|[^;]{0, 25}filter)|itertools\.chain|list\([^)]*(?:gen"
        rf"|\bg\b)[^+]*\+ ?list\([^)]*(?:disc|\bd\b)",
    ),
    frame(
        {"optimizers_share_parameters": True},
        rf"(?:combined|gan|stacked)(?: model)?|{G}",
        rf"{D}[^;]{{0,40}}(?:{NO}[^;]{{0,15}}(?:frozen|freez\w+|trainable ?= ?false)|trainable ?= ?true"
        rf"|also (?:trained|updated|learns))|{NO} ?(?:\w+ ){{0,3}}(?:freez\w+|frozen) (?:the )?{D}",
        never=r"0 trainable",
    ),
    frame(
        {"optimizers_share_parameters": True},
        r"(?:same|one|single|shared|only one|common) (?:\w+ )?optimi[sz]er",
        rf"both|two|{D}.*{G}|{G}.*{D}",
    ),
    # gradients
    frame(
        {"fakes_detached": False},
        r"\bfakes?\b|generated|" + G,
        rf"{NO}[^;]{{0,20}}detach\w*|detach\w*[^;]{{0,20}}{NO}",
        never=r"(?:is|are) detached|works either way",
    ),
    frame(
        {"gradients_zeroed": False},
        r"zero_?grad\w*|\bgrad\w*",
        rf"{NO}[^;]{{0,40}}(?:zero_?grad|zeroed|clear\w*|reset)|(?:zero_?grad\(?\)?|zeroed"
        rf"|cleared|reset)[^;]{{0,25}}{NO}|accumulat\w+[^;]{{0,40}}(?:both|phases|steps"
        rf"|iterations|over)",
        never=r"gradient accumulation|accumulate_every|accumulation steps",
    ),
    frame(
        {"gradients_zeroed": False, "generator_gradients_leak": True},
        r"zero_?grad\w*",
        r"(?:only|just)[^;]{0,20}(?:\bonce\b|\bone (?:time|call))",
        reach="near",
        never=r"outside|(?:before|above) the (?:\w+ )?loop|per epoch|each epoch|every epoch",
    ),
    frame(
        {"d_steps": 1.0, "g_steps": 1.0},
        D + r"|critic",
        r"(?:both|each|and the generator)[^;]{0,30}\bonce\b|\bonce each\b|\b1 ?: ?1\b"
        r"|(?:iterations?|steps?|updates?) per generator (?:iteration|step|update)?[^;\d]{0,12}\b1\b"
        r"|no (?:extra|additional) (?:discriminator|critic) (?:updates|steps|iterations)"
        r"|only (?:one|1|a single) (?:discriminator|critic) (?:step|update|iteration)|(?:discriminator"
        r"|critic) (?:is )?(?:only )?(?:updated|trained) (?:only )?once (?:per|for)|same number of (?:steps"
        r"|updates|iterations)",
        never=r"(?:per|every|for) (?:\d\d*|two|three|five|ten) generator|\d+ generator",
    ),
    # latents
    frame(
        {"latents_fixed": True},
        r"\bnoise\b|\blatents?\b|\bz\b|fixed_noise|\bseed\b",
        r"\b(?:same|fixed|constant|identical)\b[^;]{0,20}(?:noise|latents?|\bz\b|seed|vectors?|inputs?)|(?:noise"
        r"|latents?|\bz\b"
        r"|seed|vectors?)[^;]{0,25}\b(?:same|fixed|constant|identical)\b(?! (?:and|\w+ (?:for|image|face|sample"
        r"|picture)))"
        r"|generated once|sampled once|fixed_noise"
        r"|seed\b.{0,30}(?:inside|in the loop|every|each)",
        EVERY_STEP,
        r"train\w*|step|iteration|batch|epoch|loop",
        never=r"\bplot|\bpreview|for (?:visuali|monitor|sampling|evaluat|sample|the (?:plots"
        r"|samples|preview))|to (?:monitor|track|visuali|show|see)|test|images? for|same (?:image"
        r"|output|sample|picture)|any noise|different noise",
    ),
    frame(
        {"latents_fixed": True},
        r"\bnoise\b|\blatents?\b|\bz\b|\brandom vectors?\b",
        r"(?:outside|before|above)(?: of)? (?:the |my |our )?(?:\w+ )?loop"
        r"|(?:noise|latents?|\bz\b) once\b|(?:drawn|sampled|created|generated) (?:only )?once",
        never=r"\bplot|preview|fixed_noise|visuali|monitor|evaluat|to (?:track|show|see)",
    ),
    frame(
        {"generator_in_optimizer": False},
        rf"{D}(?:'s)?(?:\.parameters| (?:parameters|params|weights|variables))",
        rf"(?:both optimi[sz]ers|{G}(?:'s)? optimi[sz]er|optimi[sz]er (?:of|for) (?:the )?{G}|optimizer_?g\b)",
        never=rf"{G}(?:\.parameters| (?:parameters|params))|frozen|freez",
    ),
    frame(
        {"latents_used": False},
        r"\bnoise\b|\blatents?\b|\bz\b",
        rf"{NO} (?:effect|influence|impact|difference)|ignor\w+|{NO}[^;]{{0,12}}(?:used"
        rf"|fed|passed|reach\w*|connected|(?<!no )matter)",
        G + r"|output|images?|samples?",
        never=r"not only|instance noise|label",
    ),
    # optimisers that hold the wrong weights, or none
    frame(
        {"discriminator_in_optimizer": False},
        rf"\b(?:opt(?:im\w*)?_?d|d_?opt\w*|{D}(?:'s)? (?:adam|optim\w*))\b",
        rf"(?:{G}|\bgen|\bg)(?:'s)?[._ ](?:param\w*|weights|vars?\b|variables|trainable\w*)",
        never=rf"(?:{D}|\bdis|\bd)(?:'s)?[._ ](?:param|weights|vars?\b|variables|trainable)|frozen",
    ),
    frame(
        {"generator_in_optimizer": False},
        rf"\b(?:opt(?:im\w*)?_?g|g_?opt\w*|{G}(?:'s)? (?:adam|optim\w*))\b",
        rf"(?:{D}|\bdis|\bd)(?:'s)?[._ ](?:param\w*|weights|vars?\b|variables|trainable\w*)",
        never=rf"(?:{G}|\bgen|\bg)(?:'s)?[._ ](?:param|weights|vars?\b|variables|trainable)|frozen",
    ),
    frame(
        {"discriminator_moves": False},
        rf"\bd_?vars?\b|\bopt\w*_?d\b|\bd_?opt\w*|{D}[^;]{{0,30}}(?:variables|param\w*|optim\w*)",
        r"\bempty\b|\[\]|no (?:trainable )?variables?\b|none of the variables|no (?:variable )?names?\b",
        never=r"generator|\bg_?vars?\b",
    ),
    frame(
        {"generator_moves": False},
        rf"\bg_?vars?\b|\bopt\w*_?g\b|\bg_?opt\w*|{G}[^;]{{0,30}}(?:variables|param\w*|optim\w*)|no gradients provided",
        r"\bempty\b|\[\]|no (?:trainable )?variables?\b|none of the variables|no (?:variable )?names?\b"
        r"|no gradients provided",
        never=r"discriminator|\bd_?vars?\b",
    ),
    frame(
        {"generator_moves": False},
        r"detach\w*|no_grad|\bnumpy|argmax|stop_gradient|non-?differentiable|not differentiable|\bround\w*"
        r"|\bsampling\b",
        rf"(?:between|from) (?:the )?{G} (?:and|to) (?:the )?{D}|(?:before|when|until) (?:it |they |it is "
        rf"|being )?(?:enter|reach"
        rf"|pass|go|fed|given|goes|shown|handed)\w* (?:in)?(?:to )?(?:the )?{D}|(?:stop|cut|break|kill|block|lose"
        rf"|interrupt)\w* (?:the "
        r"|all )?(?:gradient|graph|backprop)|both (?:losses|steps|updates|phases)",
        rf"{G}|\bg\(|\bfakes?\b",
        never=r"discriminator(?:'s)? (?:step|update|loss)|(?:train\w*|updat\w*|step of) (?:the )?discriminator",
    ),
    frame(
        {"optimizers_share_parameters": True},
        rf"\bd\.trainable|{D}",
        r"trainable ?= ?false (?:is |was )?(?:not|never|missing)|also (?:trains?|updates?|changes?"
        r"|moves?) (?:the )?(?:discriminator|d)\b"
        rf"|(?:{D}|it|\bd\.\w+)[^;]{{0,20}} (?:isn't|is not|wasn't|was not|never) (?:frozen|set to (?:not|non))",
        r"combined|stacked|\bgan\b|generator|adversarial model",
        denied_too=True,
    ),
    frame(
        {"gradients_zeroed": False},
        r"zero_?grad\w*|cleargrads?|zero_gradients",
        r"(?:before|outside(?: of)?|above) (?:the |my )?[^;]{0,20}loop|once (?:per|an|each|every|for each) epoch"
        r"|not inside"
        r"|(?:nothing|none of them|no gradients?) (?:is|are|gets?) (?:cleared|zeroed|reset)|pile up|piling up",
        never=r"should|accumulate_every|gradient accumulation",
    ),
)
