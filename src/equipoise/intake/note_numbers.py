"""Numbers in free text: which setting they are the value of."""

import re
from collections.abc import Iterator, Mapping
from math import isfinite

from equipoise.core.errors import SettingError
from equipoise.core.facts import Facts, parsed_fact
from equipoise.core.records import FactValue
from equipoise.core.vocabulary import BOTH_PLAYERS, OTHER_NAMES, VOCABULARY
from equipoise.intake.note_language import BOTH, denied, players_of

Stated = Mapping[str, FactValue]

NUMBER = (
    r"(10\^-?\d{1,2}|[-+]?(?:\d{1,3}(?:,\d{3})+|\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
    r"(?: ?(?:k|thousand|million|m)\b)?)(?![\d^])"
)
COUNT = r"(\d+|twice|two|three|four|five|ten)"
IS = (
    r" ?(?:\([^)]{0,20}\) ?)?(?:value )?(?:is|are|was|of|=|:|-|to|at|equal to|set to|around|about|as|with)? ?"
    r"(?:set to |only |just |still )?"
)
FOR_EACH = r"(?: (?:per|for (?:each|every|one)|before (?:each|every|one)) (?:one )?)"
UP = r"\b(?:\w*transpose\w*|deconv\w*|upsampl\w+)\b"
_WORDS = {"twice": 2.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "ten": 10.0}

HAS = r"(?: has| with| of|:|,|'s)?(?: about| around| only| roughly)? "
WEIGHTS = r"(?:trainable |learnable )?(?:params|parameters|weights)\b"

_WAYS: dict[str, tuple[str, ...]] = {
    "batch_size": (
        rf"\b(?:mini[ -]?)?batch[ -]?sizes?{IS}{NUMBER}",
        r"\bbatch(?:es)? of(?: size)? (\d+)\b",
        r"\b(\d+) (?:images|samples|pictures|examples) (?:per|in (?:a|each|one|every)) (?:mini-?)?batch\b",
        r"\bbs ?[=:]? ?(\d+)\b",
    ),
    "latent_dim": (
        rf"\b(?:latent|noise|z)(?: space| vector| code)?[ -]?(?:dim(?:ension)?s?|size|length|"
        rf"dimensionality){IS}{NUMBER}",
        r"\b(?:latent|noise) vectors? (?:of|with) (?:size|length|dimension) (\d+)\b",
        r"\b(\d+)[ -]?(?:dim(?:ensional)?|d) (?:latent|noise|z)\b",
        r"\b(?:latent|noise) (?:vector|space|code)(?: z)? (?:has|with|of) (\d+) dim\w+",
    ),
    "penalty_weight": (
        rf"\b(?:gp[ _]?)?lambda(?:[ _]?gp)?(?: for (?:the )?(?:gp|gradient penalty))?{IS}{NUMBER}",
        r"\b(?:gradient[ -]penalty|gp) (?:weight|coefficient|coeff|lambda|factor|strength)(?: is| of|=| =|"
        r":)? ?(\d+\.?\d*)\b",
        r"\br1 (?:gamma|weight)(?: is| of|=| =|:)? ?(\d+\.?\d*)\b",
    ),
    "clip_value": (
        r"\b(?:weight[ -]?clip\w*|clip(?:ped|ping)? (?:value|bound|parameter|threshold|(?:the |my )?(?:\w+ )?weights)|"
        r"weights (?:are |were )?clipped|(?<!gradient )(?<!gradients )(?<!gradients are )(?<!gradients were )"
        r"clip(?:ping|ped)(?= (?:to|at|with|in|of|between) )|"
        r"clip(?! grad|_grad))(?: (?:to|at|with|in|between|of|value|within|is|limit|range|c))*"
        rf" ?[=:(\[]? ?(?:\+/?-|\+-|±|-)? ?{NUMBER}",
    ),
    "d_steps": (
        rf"\b(?:n[ _-]?critics?|critic[ _]iter\w*|n_dis){IS}{NUMBER}",
        rf"\b{COUNT} discriminator (?:steps|iterations|updates|iters)(?:{FOR_EACH}generator)?",
        rf"\bdiscriminator (?:is |was )?(?:updated |trained |updates |trains )?{COUNT}(?: ?times|"
        rf" ?x)?{FOR_EACH}generator",
        rf"\bdiscriminator (?:is |was )(?:updated |trained ){COUNT} ?(?:times|x)",
    ),
    "g_steps": (
        rf"\bgenerator (?:is |was )?(?:updated |trained |updates |trains )?{COUNT}(?: ?times|"
        rf" ?x)?{FOR_EACH}discriminator",
    ),
    "dataset_size": (
        r"\b(?:dataset|training set|data ?set|data)(?: size)?"
        rf"(?: of| has| with| contains| consists of| is| =|:| only| about| around| roughly)+ {NUMBER}(?![\d.,]*\d)"
        r"(?! ?(?:x ?\d|-|classes|epochs|categories|gb|mb|channels|features|dim))",
        r"\b(?:only )?(?:have|got)(?: only| about| around| roughly)? (\d[\d,]*\.?\d* ?k?) (?:training |real )?"
        r"(?:images|pictures|photos|samples)",
        r"\b(\d[\d,]*\.?\d* ?k?) (?:images|pictures|photos|samples)\b.{0,20}\b(?:in (?:my|the|our|this) "
        r"(?:data ?set|training set)|for training|to train)",
        r"\b(\d[\d,]*\.?\d* ?k?) training (?:images|samples|pictures)",
        r"^(?!.*\b(?:fid|score|metric|evaluat|generat\w+ \d))(?:.*\b)?on (?:only |about |around )?(\d[\d,]*\.?\d* ?k?) "
        r"(?:images|pictures|photos)\b",
    ),
    "image_size": (rf"\bimage[ -]size{IS}{NUMBER}(?! ?x)",),
    "weight_decay": (rf"\bweight[ _-]decay{IS}{NUMBER}",),
    "gradient_clipping": (
        rf"\bclip_?(?:norm|value)(?<!clip_value) ?[=:]? ?{NUMBER}",
        r"\b(?:gradient[ -]clip\w*|clip(?:ping)?[ _](?:the )?grad\w*)(?: norm)?(?: (?:to|at|with|of|value|norm))*"
        rf" ?[=:(]? ?{NUMBER}",
        r"\bgradients? (?:are |were )?clipped (?:to|at|with|by)(?: (?:a |the )?(?:max(?:imum)? )?(?:norm|value))?"
        rf"(?: of)? {NUMBER}",
    ),
    "generator_parameters": (rf"\bgenerator{HAS}{NUMBER} {WEIGHTS}",),
    "discriminator_parameters": (rf"\bdiscriminator{HAS}{NUMBER} {WEIGHTS}",),
    "processes": (r"\b(?:on|with|using|across|over) (\d+) (?:\w+ )?gpus\b",),
    "classes": (r"\b(\d+) (?:classes|categories|class labels)\b",),
    "beta2": (rf"\b(?:beta[_ ]?|b)2{IS}{NUMBER}",),
    "real_target": (
        rf"\breal (?:labels?|targets?)(?: smoothed| smoothing)?{IS}(0?\.\d+)",
        rf"\bone[ -]sided (?:label )?smoothing{IS}\(?(0?\.\d+)",
        r"(?<!sided )\blabel smoothing(?: of| with|:)? ?\(?(0?\.[6-9]\d*)",
    ),
    "fake_target": (rf"\bfake (?:labels?|targets?)(?: smoothed| smoothing)?{IS}(0?\.\d+)",),
    "batch_norm_eps": (r"\bbatchnorm[12]d\( ?\w+, ?(0?\.\d+) ?\)",),
    "upsampling_kernel": (rf"{UP}.{{0,40}}?\bkernel(?:[ _]size)?{IS}(\d+)",),
    "upsampling_stride": (rf"{UP}.{{0,60}}?\bstrides?{IS}(\d+)",),
}
_PATTERNS = {name: [re.compile(way) for way in ways] for name, ways in _WAYS.items()}
_ONE_OF_SEVERAL = re.compile(r"^ ?(?:,|or|and|/|to|-|\.\.\.?) ?[-+]?\d|^ ?(?:or|%)")
_CHANGED = re.compile(r"\b(?:from|not|instead of|than|n't|never|between|vs)(?: \w+)? ?$")

_PAIR = re.compile(
    r"(?<![\w.])(?:--)?([a-z][a-z0-9_-]*[a-z0-9]|lr) ?[=:] ?([-+]?\d[\d.]*(?:e[-+]?\d+)?|\.\d+|true|false|"
    r"[a-z_-]+)(?![\w(^])"
)
_VAGUE = frozenset("gamma momentum clip init prior batch samples criterion lambd latents initialisation".split())
_BETAS = re.compile(rf"\bbetas?{IS}[(\[] ?(\d?\.?\d+) ?, ?(0?\.\d+) ?[)\]]")
_BETA1 = re.compile(rf"\b(?:beta[_ ]?1|b1){IS}(\d?\.?\d+)")
_DROPOUT = re.compile(r"\bdropout(?: layers?)?(?: rate| probability)?(?: of| is| with|=| =|:)? ?\(?(0?\.\d+)")
_RANGE = re.compile(
    r"(?<![\w.])[(\[]? ?(-?\d{1,5}(?:\.\d+)?) ?(?:,|to|and|-|\.\.) ?\+?(\d{1,5}(?:\.\d+)?)(?![\w.]\d)\b ?[)\]]?"
)
_NOT_SO = re.compile(r"\b(?:not|never|forgot\w*|without|instead of|from)\b|n't\b")
_SCALED = re.compile(r"\b(?:scal\w+|normali[sz]\w+|range[sd]?|between|values?|pixels?|intensit\w+|rescal\w+|in \[)")
_DATA = re.compile(
    r"\b(?:images?|data(?:set)?|inputs?|pixels?|reals?|samples|pictures|channels|spectrograms?|features)\b"
)
_MADE = re.compile(
    r"\b(?:generator|generated|outputs?|fakes?|noise|latents?|targets?|labels?|tanh|sigmoid|losses|loss|scores?)\b"
)
_SIZE = re.compile(r"\b(\d{2,4}) ?x ?(\d{2,4})\b(?! ?(?:conv|kernel|filter|patch|grid))")


def value_of(text: str) -> float:
    """`5k`, `10,000`, `twice`, `1e-4` and `10^-4` as numbers."""
    if text in _WORDS:
        return _WORDS[text]
    text = text.replace(",", "").replace(" ", "")
    if text.startswith("10^"):
        return float(10.0 ** int(text[3:]))
    for suffix, factor in (("thousand", 1e3), ("million", 1e6), ("k", 1e3), ("m", 1e6)):
        if text.endswith(suffix):
            return float(text.removesuffix(suffix)) * factor
    return float(text)


def numbers_in(clause: str) -> Iterator[Stated]:
    """Every setting whose value the clause tells, one mapping for each place that tells it."""
    for name, patterns in _PATTERNS.items():
        for match in (match for pattern in patterns for match in pattern.finditer(clause)):
            several = _ONE_OF_SEVERAL.match(clause[match.end() :]) and name != "clip_value"  # its bounds come in pairs
            changed = _CHANGED.search(clause[: match.start()])
            if not several and not changed and isfinite(value_of(match[1])):
                yield {name: abs(value_of(match[1]))}
    yield from _betas(clause)
    yield from _dropout(clause)
    yield from _range(clause)
    yield from _size(clause)


def pairs_in(clause: str) -> Iterator[Stated]:
    """Settings written as code or options: `n_critic=5`, `--lambda_gp=10`."""
    for name, text in _PAIR.findall(clause):
        key = name.replace("-", "_")
        if key in _VAGUE or not (key in VOCABULARY or key in OTHER_NAMES or key in BOTH_PLAYERS):
            continue
        try:
            told = Facts(parsed_fact(key, text))
        except SettingError:
            continue  # the sentence is then listed as not understood
        if all(isinstance(value, str) or isfinite(value) for value in told.values()):
            yield told


def _betas(clause: str) -> Iterator[Stated]:
    for match in _BETAS.finditer(clause):
        yield {f"{player}_beta1": float(match[1]) for player in BOTH} | {"beta2": float(match[2])}
    for match in _BETA1.finditer(clause):
        yield {f"{player}_beta1": float(match[1]) for player in BOTH}


def _dropout(clause: str) -> Iterator[Stated]:
    for match in _DROPOUT.finditer(clause):
        if not denied(clause, *match.span()) and not _ONE_OF_SEVERAL.match(clause[match.end() :]):
            yield {f"{player}_dropout": float(match[1]) for player in players_of(clause, *match.span())}


def _range(clause: str) -> Iterator[Stated]:
    for match in _RANGE.finditer(clause):
        before = clause[: match.start()]
        if not _SCALED.search(clause) or _NOT_SO.search(before.rsplit(",", 1)[-1]):
            continue
        if float(match[1]) < float(match[2]) and _DATA.search(clause) and _of_data(before):
            yield {"data_min": float(match[1]), "data_max": float(match[2])}


def _of_data(before: str) -> bool:
    """Whether a range is that of data: what the generator makes may be spoken of, but not last."""
    data = list(_DATA.finditer(before))
    if not data:
        return not _MADE.search(before)
    owner = before[: data[-1].start()].split()[-1:]
    return not _MADE.search(before[data[-1].end() :]) and not (owner and _MADE.search(owner[0]))


def _size(clause: str) -> Iterator[Stated]:
    sides = {match[1] for match in _SIZE.finditer(clause) if match[1] == match[2]}
    if len(sides) == 1:
        yield {"image_size": float(sides.pop())}
