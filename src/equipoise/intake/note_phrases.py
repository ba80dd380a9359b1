"""What people call things: phrases, the facts they state, and the facts that their denial states."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from equipoise.core.records import FactValue

Stated = Mapping[str, FactValue]

FOR_EACH = "{player}"
"""Stands in a fact's name for the player that is spoken of."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """`pattern` states `facts`; denied, it states `denial`. `only` limits it to one player."""

    pattern: re.Pattern[str]
    facts: Stated
    denial: Stated = field(default_factory=dict)
    only: str = ""


def _phrase(pattern: str, facts: Stated, denial: Stated | None = None, *, only: str = "") -> Phrase:
    return Phrase(re.compile(pattern), facts, denial or {}, only)


_NORM = r"(?:[ -]?norm(?:ali[sz]ation|s)?(?: layers?)?(?:[12]d)?)"

SETTINGS: tuple[Phrase, ...] = (
    # losses
    _phrase(r"\bbce ?with ?logits(?: ?loss)?|cross_entropy_with_logits|from_logits ?= ?true",
            {"loss_function": "bce_with_logits"}),
    _phrase(r"\b(?:(?:nn\.)?bce ?loss|bce(?! ?with)|binary[ _-]?cross[ _-]?entropy(?!_with"
    r"| with[ _]logits|\(from_logits ?= ?true))",
            {"loss_function": "bce"}),
    _phrase(r"\b(?:nn\.)?mse ?loss\b(?!.*(?:reconstruction|pixel|content|perceptual))", {"loss_function": "mse"}),
    _phrase(r"\bnon[ -]?saturating\b", {"objective": "non_saturating"}),
    _phrase(r"\bminimax (?:loss|objective)|(?<!non-)(?<!non )\bsaturating (?:generator )?loss|"
            r"log ?\(1 ?- ?d ?\(g ?\(z ?\)",
            {"objective": "minimax"}),
    _phrase(r"\bhinge[ -]loss|\bhinge objective", {"objective": "hinge"}),
    _phrase(r"\bwasserstein loss", {"objective": "wasserstein"}),
    _phrase(r"\bleast[ -]squares?(?: gan| loss)", {"objective": "least_squares"}),
    _phrase(r"\brelativistic\b", {"objective": "relativistic"}),
    # last activations
    _phrase(r"\bsigmoids?\b", {"discriminator_output": "sigmoid"}, {"discriminator_output": "linear"},
            only="discriminator"),
    _phrase(r"\bsoftmax\b", {"discriminator_output": "softmax"}, only="discriminator"),
    _phrase(r"\btanh\b", {"{player}_output": "tanh"}),
    _phrase(r"\bsigmoids?\b", {"generator_output": "sigmoid"}, only="generator"),
    _phrase(r"\b(?:no|without(?: any)?) (?:final |last |output )?activation|linear (?:output|activation|last layer)|"
            r"raw (?:logits|scores)|unbounded (?:output|score)", {"{player}_output": "linear"}),
    # normalisation
    _phrase(rf"\bbatch{_NORM}|\bbn(?: layers?)?\b", {"{player}_normalisation": "batch"},
            {"{player}_normalisation": "none"}),
    _phrase(rf"\blayer{_NORM}|\bln layers?\b", {"{player}_normalisation": "layer"}),
    _phrase(rf"\binstance{_NORM}", {"{player}_normalisation": "instance"}),
    _phrase(rf"\bgroup{_NORM}", {"{player}_normalisation": "group"}),
    _phrase(r"(?<!batch )(?<!spectral )(?<!layer )(?<!instance )(?<!weight )(?<!group )(?<!data )(?<!input )"
            r"(?<!pixel )(?<!-)\bnormali[sz]ation\b", {}, {"{player}_normalisation": "none"}),
    _phrase(rf"\bspectral(?:ly)?{_NORM}|\bspectrally normali[sz]ed|\bspectral_norm\w*|(?<![-\w])sn\b(?![-. ]?gan)",
            {"spectral_norm": True}, {"spectral_norm": False},
            only="discriminator"),
    _phrase(rf"\bspectral(?:ly)?{_NORM}", {"generator_spectral_norm": True}, only="generator"),
    # penalties
    _phrase(r"\bgradient penalty(?! (?:paper|loss is|term is|value))", {"penalty": "gradient_penalty"},
            {"penalty": "none"}),
    _phrase(r"\br1(?: regulari[sz]ation| penalty| gradient penalty| reg)", {"penalty": "r1"}),
    _phrase(r"\bweight[ -]?clipping|\bclip(?:ping)? the weights|\bclip (?:my|its|discriminator) weights", {},
            {"clip_value": 0.0}),
    # the networks
    _phrase(r"\btransposed? conv(?:olution)?s?(?:al)?|\bconv(?:olution)?2?d? ?transpose(?:2d)?|"
            r"\bdeconv(?:olution)?s?\w*",
            {"upsampling": "transposed"}),
    _phrase(r"\bresize[ -]conv\w*|\bnearest[ -]neighbou?r upsampl\w+|\bbilinear upsampl\w+|"
            r"\bupsampl\w+ (?:followed by|\+|and) (?:a )?conv", {"upsampling": "resize"}),
    _phrase(r"\bpixel ?shuffle", {"upsampling": "pixel_shuffle"}),
    _phrase(r"\bmini[ -]?batch (?:discrimination|std\w*|standard)", {"minibatch_layer": True},
            {"minibatch_layer": False}),
    _phrase(r"\bu-?net generator|generator is a u-?net", {"generator_architecture": "unet"}),
    _phrase(r"\bpatch ?gan", {"discriminator_architecture": "patch"}),
    # optimisation
    _phrase(r"\badam\b(?!-?w\b)", {"{player}_optimizer": "adam"}),
    _phrase(r"\badamw\b", {"{player}_optimizer": "adamw"}),
    _phrase(r"\brms[ -]?prop\b", {"{player}_optimizer": "rmsprop"}),
    _phrase(r"\bsgd\b(?! with momentum)", {"{player}_optimizer": "sgd"}),
    _phrase(r"\bsgd with momentum", {"{player}_optimizer": "sgd_momentum"}),
    _phrase(r"\badam with (?:the )?default (?:parameters|params|settings|betas|values)|\bdefault (?:adam )?betas",
            {"{player}_beta1": 0.9}),
    _phrase(r"\bfp16\b|--?amp\b|\bamp\b|\bautocast\b|\bhalf[ -]precision"
    r"|\bfloat16\b|\bmixed[ -]precision\b(?!.*b(?:f|float)16)",
            {"precision": "float16"}, {"precision": "float32"}),
    _phrase(r"\bbf(?:loat)?16\b", {"precision": "bfloat16"}),
    _phrase(r"\b(?:ema|exponential moving average)\b", {"ema": True}, {"ema": False}),
    # code
    _phrase(r"\.?\bdetach(?:\(\)|ed|ing)?(?= |$|\(|,|\))", {"fakes_detached": True}, {"fakes_detached": False}),
    _phrase(r"\bcreate_graph ?= ?false", {"penalty_reaches_weights": False}),
    _phrase(r"\bcreate_graph ?= ?true|\bcreate_graph\b(?! ?(?:=|is|was|set))", {"penalty_reaches_weights": True},
            {"penalty_reaches_weights": False}),
    _phrase(r"\b(?:optimizer\.)?zero_?grad(?:\(\))?|\bzero(?:ed|ing)? (?:out )?(?:the |my )?"
            r"(?:(?:generator|discriminator)(?:'s)? )?grad\w*",
            {}, {"gradients_zeroed": False}),  # who names one call of it may well lack another
    _phrase(r"\b(?:one|same|single|shared) optimi[sz]er for both", {"optimizers_share_parameters": True}),
    _phrase(r"\b(?:wrong sign|sign (?:error|mistake|bug))\b.*\bgenerator|\bgenerator(?:'s)?(?: loss)? (?:had|has) "
            r"(?:the|a) (?:wrong sign|sign error)", {"generator_sign_wrong": True}),
    _phrase(r"\b(?:swapped|mixed up|exchanged|reversed) the (?:real and fake )?(?:labels|targets) "
            r"by (?:mistake|accident)|\baccidentally (?:swapped|reversed) the (?:real and fake )?(?:labels|targets)|"
            r"\b(?:labels|targets) (?:were|are|got) (?:swapped|reversed|exchanged)", {"labels_swapped": True}),
    _phrase(r"\bshuffle ?= ?true", {"shuffled": True}),
    _phrase(r"\bshuffle ?= ?false", {"shuffled": False}),
    _phrase(r"\b(?:data|dataset|loader|images) (?:is|are|was|were) shuffled", {"shuffled": True}),
    _phrase(r"\b(?:data|dataset|loader|images) (?:is|are|was|were)(?: not|n't) shuffled", {"shuffled": False}),
    _phrase(r"\bsame (?:noise|latents?|z)(?: vectors?)? (?:for |in |at )?(?:every|each|all) (?:training )?"
            r"(?:step|iteration|batch|epoch)", {"latents_fixed": True}),
    _phrase(r"\bdiffaug\w*|\bdifferentiable augmentation|\badaptive (?:discriminator )?augmentation|\bada\b",
            {"augmentation": "both"}),
    _phrase(r"\b(?:no|without(?: any)?) (?:data )?augmentation", {"augmentation": "none"}),
    _phrase(r"\baugment(?:ation|ed|ing|s)?\b.{0,30}\b(?:only (?:the )?real|real\w* (?:images |samples )?only)|"
            r"\bonly augment (?:the )?real", {"augmentation": "reals_only"}),
    _phrase(r"\b(?:gaussian |instance )?noise (?:is added |added )?(?:only )?to (?:the )?"
            r"(?:inputs? of the discriminator|discriminator(?:'s)? inputs?|both real and fake)",
            {"instance_noise": "both"}),
    _phrase(r"\bnoise (?:is added |added )?only to (?:the )?reals?|"
            r"\bnoise (?:is added |added )?to (?:the )?reals? (?:images )?only",
            {"instance_noise": "reals_only"}),
    _phrase(r"\bonly the reals? .{0,20}padd\w+|\breal images (?:are|were) (?:zero[ -])?padded", {"real_cue": True}),
    _phrase(r"\bskip\w* (?:the )?(?:discriminator|generator)(?:'s)? (?:update|step|training)|"
            r"\bonly (?:train|update) (?:the )?(?:discriminator|generator) (?:when|if) (?:its |the )?(?:loss|accuracy)",
            {"skips_updates": True}),
    _phrase(r"\b(?:resum|continu|restart)\w+ .*(?:without (?:loading |restoring )?(?:the )?optimi[sz]er|"
            r"only (?:loaded |loading )?(?:the )?weights)", {"resumed_without_optimizer": True}),
    _phrase(r"\bflip(?:ped|ping)? (?:the |some )?labels (?:randomly|at random|with probability)|\bnoisy labels\b|"
            r"\brandomly flip(?:ped|ping)? (?:the |some )?labels|\bflip\w* (?:the |some |my )?(?:labels?|targets?)"
            r"[^,;]{0,25}\d ?%|\b(?:random |occasional )?label[ -]flip\w*", {"noisy_targets": True}),
    _phrase(r"\btrain(?:ed|ing)? in eval(?:uation)? mode|\bforgot to (?:call |switch back to )\.?train\(\)",
            {"mode_eval_at_training": True}),
    _phrase(r"\blabels? (?:are|were|got|is) (?:wrongly |randomly )?"
            r"(?:shuffled(?! (?:together|with|in the same))|mismatched|wrong)|\bwrong labels\b",
            {"labels_shuffled": True}),
    _phrase(r"\bconditional (?:gan|generator|model)\b|\bconditioned on (?:the )?"
            r"(?:class|label)", {"conditional": True}),
    _phrase(r"\bunconditional\b", {"conditional": False}),
    _phrase(r"\bprojection discriminator", {"conditional": True, "conditioning": "projection"}),
    _phrase(r"\bonly (?:load\w* |restor\w* |sav\w* )(?:the )?(?:model|network|"
            r"generator|discriminator)(?:'s|s)?(?: and \w+)? ?(?:weights|parameters|state|state_dict)|"
            r"\boptimi[sz]er(?:s'?|'s)?(?: states?)? (?:is|are|was|were)(?: not|n't| never) (?:saved|loaded|restored)|"
            r"(?:\bnot|\bnever|n't|\bwithout) (?:(?:sav|load|restor)\w* )?(?:the )?optimi[sz]ers?(?:'s?)? states?\b|"
            r"(?:\bnot|\bnever|n't|\bwithout) (?:sav|load|restor)\w* (?:the )?optimi[sz]ers?\b",
            {"resumed_without_optimizer": True}),
    # who is trained by what
    _phrase(r"\b(?:parameters|weights)\b.{0,20}?(?: (?:are|were|is|was|do|did|get|got) ?(?:not|n't)| never)"
            r"(?: being| get| got)? (?:updated?|chang\w+|trained|moved?|moving)\b", {"{player}_moves": False}),
    _phrase(r"\b(?:forgot to call|never call(?:ed)?|missing|no call (?:of|to)|did not call) (?:optimi[sz]er[_.]?g|"
            r"g_optimi[sz]er|optim?_?g|generator(?:'s)? optimi[sz]er)\.?step", {"generator_moves": False}),
    _phrase(r"\b(?:forgot to call|never call(?:ed)?|missing|no call (?:of|to)|did not call) (?:optimi[sz]er[_.]?d|"
            r"d_optimi[sz]er|optim?_?d|discriminator(?:'s)? optimi[sz]er)\.?step", {"discriminator_moves": False}),
    _phrase(r"\b(?:optim(?:i[sz]er)?_?d\w*|d_optim\w*) ?= ?[\w.]+\((?:list\()?"
            r"(?:generator|net_?g|gen|model_g|g)\.param",
            {"discriminator_in_optimizer": False}),
    _phrase(r"\b(?:optim(?:i[sz]er)?_?g\w*|g_optim\w*) ?= ?[\w.]+\((?:list\()?"
            r"(?:discriminator|net_?d|dis|model_d|d)\.param",
            {"generator_in_optimizer": False}),
    _phrase(r"\btrainable ?= ?false\b.*\bbefore compil\w+ (?:the )?discriminator|"
            r"\bdiscriminator (?:is|was) compiled (?:after|with) .*trainable ?= ?false",
            {"discriminator_moves": False}),
    _phrase(r"\bdiscriminator (?:is|was) (?:not|never) frozen\b|\b(?:forgot|did not|not) (?:to )?(?:freeze|set) "
            r"(?:the )?discriminator(?:\.trainable ?= ?false)?\b.*\b(?:combined|gan|generator)|"
            r"\btraining the generator also (?:trains|updates) the discriminator",
            {"optimizers_share_parameters": True}),
    _phrase(r"\b(?:fakes?|fake (?:images|samples|batch(?:es)?)) (?:is|are|was|were) (?:generated|made|computed|created)"
            r" (?:only )?once", {"latents_fixed": True}),
    # signs and targets
    _phrase(r"\b(?:g_?loss|loss_?g|err_?g|generator(?:'s)? loss) ?(?:=|is) ?(?:torch\.|tf\.reduce_|k\.)?mean\( ?"
            r"(?:discriminator|d\(|fake|d_fake|net_?d\()", {"generator_sign_wrong": True}),
    _phrase(r"\b(?:g_?loss|loss_?g|err_?g|generator\b(?!\().{0,30}?) ?.{0,20}?\b(?:criterion|bce\w*|loss_fn|"
            r"adversarial_loss) ?\([^,]+, ?(?:torch\.)?(?:zeros|fake_?labels?|label_fake|fake_targets?)",
            {"generator_sign_wrong": True}),
    _phrase(r"\bgenerator\b.{0,60}\b(?:trained|loss|updated)\b.{0,40}\b(?:fake labels?|labels? (?:of )?(?:0|zero)|"
            r"zeros as (?:labels?|targets?))\b", {"generator_sign_wrong": True}),
    # the penalty
    _phrase(r"\bforg\w+ to add (?:the )?(?:gradient penalty|gp)\b|\b(?:gradient penalty|gp)(?: term)? (?:is|was) "
            r"(?:not|never) added", {"penalty_in_loss": False}),
    _phrase(r"\b(?:gradient penalty|gp)\b.{0,40}\b(?:no_grad|detached|\.item\(\)|\.data\b)",
            {"penalty_reaches_weights": False}),
    _phrase(r"\bnorm\w*\b.{0,40}\b(?:over|along|across|per) (?:the )?channels?(?: only| dimension| axis)?\b|"
            r"\bnorm\(.{0,12}dim ?= ?1 ?\).{0,60}\(?(?:n|b), ?c, ?h, ?w|\b(?:not|n't|without|forgot to) "
            r"(?:flatten|reshap)\w* (?:the )?grad\w*", {"penalty_norm": "per_channel"}),
    _phrase(r"\b(?:one|single|same|scalar) (?:random )?(?:alpha|eps(?:ilon)?|interpolation (?:coefficient|weight))\b"
            r".{0,30}\b(?:batch|all samples)", {"penalty_interpolation": "per_batch"}),
    _phrase(r"\b(?:ends? (?:with|in)|(?:last|final|output) (?:layer|activation)(?: of the \w+)? (?:is|uses|has))"
            r"(?: an?| the)? (?:nn\.)?relu\b", {"{player}_output": "relu"}),
    _phrase(r"\bweights? (?:are |were |is )?initiali[sz]ed (?:with|to|as|by) (?:all )?zeros?\b|\bzero[ -]initiali[sz]",
            {"initialisation": "zeros"}),
    # what tells reals apart
    _phrase(r"\breals?\b.{0,40}\bjpe?g\b.{0,60}\b(?:fakes?|generated)\b", {"real_cue": True}),
    _phrase(r"\b(?:different|not the same) (?:transform\w*|pre-?process\w*|normali[sz]ation|resiz\w+|interpolation|"
            r"scaling)\b.{0,40}\b(?:real\b.{0,30}\b(?:fakes?|generated)|(?:fakes?|generated)\b.{0,30}\breals?)\b|"
            r"\breal\b.{0,30}\b(?:fakes?|generated)\b.{0,40}\b(?:pre-?processed|normali[sz]ed|resized|scaled) "
            r"differently", {"preprocessing_differs": True}),
    # labels
    _phrase(r"\blabels? (?:is|are|was|were)(?: not|n't| never) (?:passed|fed|given|used|concatenated|shown)\b",
            {"label_reaches_{player}": False}),
    # ranges
    _phrase(r"\b(?:images?|data(?:set)?|inputs?|pixels?(?: values)?|reals?|samples)\b[^,]{0,30} (?:is|are|was|were)"
            r"(?: not|n't| never) (?:been )?(?:normali[sz]ed|scaled|rescaled)|"
            r"(?:\b(?:not|never|forg\w+ to|without|no)|n't) (?:normali[sz]\w+|(?:re)?scal(?:e|ed|ing))(?: (?:of )?"
            r"(?:the|my|any))? (?:\w+ )?(?:images?|data(?:set)?|inputs?|pixels?|reals?)",
            {"data_normalised": False}),
    _phrase(r"\bdivid\w+ (?:\w+ ){0,2}by 255\b", {"data_min": 0.0, "data_max": 1.0}),
    _phrase(r"\b(?:x|img|images?) ?/ ?127\.5 ?- ?1", {"data_min": -1.0, "data_max": 1.0}),
    _phrase(r"\bnormalize\( ?\(?\[?0?\.5.*0?\.5", {"data_min": -1.0, "data_max": 1.0}),
)  # fmt: skip

METHODS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"\bc(?:onditional )?-?wgan[ -]?gp\b", "cwgan-gp"),
        (r"\bwgan[ -]?lp\b", "wgan-lp"),
        (r"\bwgan[ -_]?gp\b|\bwgan with (?:a )?gradient penalty|\bimproved wgan\b", "wgan-gp"),
        (r"\bwgan\b|\bwasserstein gan\b(?! with)", "wgan"),
        (r"\bdcgan\b", "dcgan"),
        (r"\blsgan\b", "lsgan"),
        (r"\bsn-?gan\b", "sngan"),
        (r"\bsagan\b", "sagan"),
        (r"\bbiggan\b", "biggan"),
        (r"\bdragan\b", "dragan"),
        (r"\br3gan\b", "r3gan"),
        (r"\bstyle-?gan-?[23]?(?:-ada)?(?:-pytorch)?\b", "stylegan2"),
        (r"\bac-?gan\b", "acgan"),
        (r"\bcgan\b", "cgan"),
        (r"\bvanilla gan\b|\b(?:simple|basic|standard|original) gan\b", "vanilla"),
    )
)
"""Names of whole methods; a name that contains another stands before it."""
