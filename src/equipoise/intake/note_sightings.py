"""What people say of samples: for each thing that the fact `samples` can be, the ways to say it."""

import re

SAMPLES = (
    r"(?:images?|samples?|outputs?|pictures?|digits?|faces?|results?|generations?|what it generates|generator|it|"
    r"they|i|"
    r"we|everything|generated \w+|model|network)"
)
PICTURES = r"(?:images|samples|outputs|pictures|digits|faces|generations|generated \w+)"
KIND = r"(?:image|output|sample|picture|digit|face)s?"
MAKES = r"(?:produc|generat|output|creat|giv|get|return|show|yield|see|spit|mak)\w*"
LOOKS = (
    r"(?:look|are|is|were|was|come out|came out|turn out|turned out|become|became|stay|remain|end up|appear|seem)\w*"
)
MUCH = (
    r"(?: \w+ly| all| just| only| still| almost| pretty much| quite| like| to be| as| into| very| more and more| too)*"
)
EVERY_TIME = r"(?:in|at|after|for|over|throughout|across) (?:every|each|all|the)?(?: \w+)? ?(?:epoch|iteration|step)s?"
NOISE = r"(?:random |pure |white |tv |noisy )?(?:noise|static|garbage|snow)\b(?! (?:vector|input|from))"
ONE_TONE = r"(?:black|white|gr[ae]y|blank|empty)\b(?! list| and white| ?-?scale)"

_WAYS: dict[str, tuple[str, ...]] = {
    "identical": (
        rf"\b{SAMPLES} .{{0,25}}?{LOOKS}{MUCH} (?:the same|identical|alike)\b(?! (?:as|size|shape|resolution|colou?r|"
        rf"class)| {EVERY_TIME})",
        r"\b(?:every|each|any|all) (?:z|noise|seed|latent|input)\w*(?: vector)? (?:\w+ ){0,4}(?:the |one "
        r"|one and the )same\b",
        r"\b(?:\d+|all|just|only) (?:copies|versions) of (?:the same|one)\b",
        rf"\b{MAKES}{MUCH} (?:the )?(?:exact )?(?:same|identical|one single|a single) {KIND}",
        rf"\b(?:same|identical) {KIND} (?:for (?:every|all|any|each|different)|regardless|no matter|every time|"
        rf"each time)",
        rf"\b(?:same|identical) {KIND} (?:over and over|again and again)",
        r"\b(?:complete|total|full) (?:mode )?collapse",
        rf"\bcollaps\w+ (?:in)?to (?:the same|one|a single) {KIND}",
    ),
    "few_modes": (
        r"\bmode[- ]collaps\w+",
        r"\bgenerator (?:has |suddenly |quickly )?collaps(?:ed|es)\b",
        r"\b(?:hardly|barely|almost no|scarcely) (?:any )?(?:diversity|variety|variation)",
        r"\bvariations? (?:of|on) (?:one|the same|a single)\b",
        r"\b(?:diversity|variety) is (?:very |quite |too )?(?:low|poor|limited)\b",
        r"\b(?:low|little|lack of|limited|poor|no) (?:sample )?(?:diversity|variety|variation)\b",
        rf"\b{MAKES} only (?:a few|two|three|2|3|a couple of|one or two) (?:kinds?|types?|modes?|different|digits?|"
        rf"faces?)",
        rf"\bonly (?:learn\w* to )?{MAKES} (?:ones|zeros|sevens|eights|[0-9]s|the digit [0-9])",
    ),
    "memorised": (
        r"\bmemori[sz]\w+ (?:the )?(?:training|real|data)",
        rf"\b{SAMPLES} {LOOKS}{MUCH} (?:exact )?copies of",
        r"\b(?:exact )?copies of (?:the )?training",
        r"\breproduc\w+ (?:the )?training (?:images|samples|data)",
    ),
    "noise": (
        rf"\b(?:pure|only|just|nothing but|still|complete(?:ly)?) {NOISE}",
        rf"\b{LOOKS}{MUCH} {NOISE}",
        rf"\b{MAKES}{MUCH} {NOISE}",
    ),
    "blank": (
        rf"\b{LOOKS}{MUCH} {ONE_TONE}",
        rf"\b(?:all|completely|fully|just|only|plain|solid|uniform(?:ly)?) (?:a )?{ONE_TONE}",
        rf"\b{MAKES} (?:a |an )?(?:entirely )?{ONE_TONE} (?:images?|squares?|outputs?|pictures?|samples?)",
        rf"^{ONE_TONE} (?:images?|outputs?|pictures?|samples?)",
    ),
    "saturated": (
        rf"\b{SAMPLES} {LOOKS}{MUCH} (?:over)?saturated",
        r"\b(?:over)?saturated (?:images|samples|outputs|colou?rs|pixels)",
    ),
    "checkerboard": (
        r"\bchecker[ -]?board\w*",
        r"\bgrid(?:-like)? (?:pattern|artifact|artefact)s?",
    ),
    "grainy": (
        rf"\b{SAMPLES} {LOOKS}{MUCH} (?:grainy|noisy|speckled)",
        r"\bgrainy (?:images|samples|outputs)",
        r"\bhigh[- ]frequency noise",
    ),
    "blurry": (
        rf"\b{SAMPLES} {LOOKS}{MUCH} (?:blurry|blurred|fuzzy)",
        r"\bblurr?y (?:images|samples|outputs|results|faces|digits)",
    ),
    "unchanging": (
        rf"\b{SAMPLES} .{{0,25}}?{LOOKS}{MUCH} (?:the same|identical|unchanged) {EVERY_TIME}",
        rf"\b{SAMPLES} (?:do not|does not|don't|doesn't|did not|didn't|never|stop(?:s|ped)?) (?:chang|improv)\w*",
        r"\bno improvement in (?:the )?(?:images|samples|quality)",
    ),
    "worse": (
        rf"\b{SAMPLES} (?:\w+ )?(?:get|got|become|became|are getting|is getting)\w* (?:much |even )?worse",
        r"\b(?:quality|images|samples|results) (?:then |slowly |suddenly |rapidly )?(?:degrad|deteriorat|declin|"
        r"collaps)\w+",
        r"\bquality (?:drops|decreases|gets worse)",
        r"\bgood at first",
    ),
    "cycling": (
        r"\b(?:cycl|oscillat|switch|jump)\w+ (?:between|through) (?:different )?(?:modes|digits|images|classes|"
        r"samples)",
    ),
    "wrong_class": (
        r"\bignor\w+ (?:the )?(?:class )?(?:labels?|condition\w*)",
        r"\blabels? (?:is|are|gets?) ignored",
        r"\b(?:wrong|different|random) (?:class|digit)s? (?:for|than|is generated)",
        r"\b(?:labels?|class(?:es)?|conditions?|digits?)\b[^;,.]{0,25}\b(?:(?:has|have|with) (?:no"
        r"|hardly any) (?:effect|"
        r"influence|impact|control)|makes? no difference)",
        r"\b(?:do|does)(?: not|n't) depend on (?:the |which |what )?(?:label|class|condition|digit)",
        r"\bregardless of (?:the )?(?:class )?(?:labels?|class)\b",
        r"\b(?:do|does)(?: not|n't) match (?:the |its |their )?(?:labels?|class)",
    ),
    "augmented": (
        r"\baugmentations? (?:leak|are visible|appear|show)\w*",
        r"\bleak\w* augmentations?",
    ),
    "wrong_colours": (
        rf"\bcolou?rs {LOOKS}{MUCH} (?:wrong|off|weird|strange|inverted)",
        r"\bwashed[ -]out",
        r"\b(?:wrong|weird|strange|odd|inverted) colou?rs",
        r"\b(?:green|purple|red|blue|yellow)(?:ish)? (?:tint|cast)",
    ),
    "good": (
        rf"\b{PICTURES} {LOOKS}{MUCH}(?: really)? (?:good|great|fine|nice|realistic|reasonable|decent|excellent|"
        rf"perfect)",
        r"\b(?:good|great|high|decent) quality (?:images|samples)",
        r"\b(?:image|sample|visual) quality is (?:very |quite |pretty )?(?:good|great|fine)",
    ),
    "improving": (
        rf"\b(?:{PICTURES}|quality|results) (?:keeps? |are |is )?(?:slowly |still |steadily |clearly )?improv(?:e|es|"
        rf"ing)",
        rf"\b(?:{PICTURES}|quality|results) (?:keeps? |are |is )?(?:slowly |still )?(?:get|gets|getting)"
        rf" (?:\w+ and )?better",
    ),
}

D_LOSS = r"(?:discriminator(?:'s)?(?: \w+)? loss(?:es)?|d[_ -]?loss|loss[_ -]?d|lossd|loss of (?:the )?discriminator)"
G_LOSS = r"(?:generator(?:'s)?(?: \w+)? loss(?:es)?|g[_ -]?loss|loss[_ -]?g|lossg|loss of (?:the )?generator)"
ANY_LOSS = rf"(?:{D_LOSS}|{G_LOSS}|(?:the |both )?loss(?:es)?)"
TO_ZERO = (
    r"(?: \w+){0,4}? ?(?:=|to|near|at|around|is|on|under|below|becomes?|reach\w*|hits?)(?: \w+){0,2}? ?"
    r"(?:0(?:\.0+\d?)?|zero|nil|nought)(?![\w.]*\w)"
)
RISES = r"(?: \w+){0,2}? ?(?:increas|ris|grow|climb|go(?:es|ing)? up|went up|shoot)\w*"
FAR = (
    r"(?: without bound| indefinitely| endlessly| exponentially| to (?:-?\d{4,}|\d+e\d|infinity|inf|thousands|"
    r"millions))"
)

_LOSS_WAYS: dict[str, tuple[str, ...]] = {
    "growing": (
        rf"\b{ANY_LOSS}{RISES}(?: up)?{FAR}",
        r"\bboth losses?(?: \w+)? (?:increas|ris|grow|explod)\w*",
        rf"\b{ANY_LOSS}(?: \w+){{0,2}}? (?:explod|diverg|blow\w* up|blew up)\w*",
        r"\b(?:scores|logits|outputs of the discriminator)(?: \w+){0,2}? (?:explod|blow\w* up|grow)\w*",
    ),
    "discriminator_wins": (
        rf"\b{D_LOSS}{TO_ZERO}",
        r"\bdiscriminator(?:'s)? (?:accuracy|acc)(?: \w+){0,3}? ?(?:100 ?%|1\.0\b|99(?:\.\d+)? ?%)",
        r"\bdiscriminator (?:learns|trains|converges|improves)(?: \w+)? (?:faster|quicker|too fast|too quickly)\b",
        r"\bdiscriminator converg\w+ to (?:zero|0)\b",
        r"\bdiscriminator (?:is |becomes |gets |got )?(?:way |much |far |always )?(?:too (?:strong|good|powerful)|"
        r"wins|winning|"
        r"overpower\w*|dominat\w*)",
    ),
    "generator_wins": (
        rf"\b{G_LOSS}{TO_ZERO}",
        r"\bgenerator (?:always )?(?:wins|fools (?:the )?discriminator (?:easily|completely|every time))",
    ),
    "flat": (
        rf"\b{ANY_LOSS}(?: \w+){{0,2}}? (?:stuck|constant(?!ly)|flat"
        rf"|stays? (?:at|around)|(?:doesn't|does not|don't|do not|"
        rf"never) (?:change|move|decrease))",
    ),
    "discriminator_rises": (rf"\b{D_LOSS}{RISES}",),
    "generator_rises": (rf"\b{G_LOSS}{RISES}",),
    "swinging": (
        rf"\b{ANY_LOSS}(?: \w+){{0,2}}? (?:oscillat|fluctuat|swing|jump\w* (?:up and down|around)|"
        rf"unstable)\w*",
    ),
}

LOSS_SIGHTINGS: dict[str, re.Pattern[str]] = {name: re.compile("|".join(ways)) for name, ways in _LOSS_WAYS.items()}
"""What is graver comes first."""

SIGHTINGS: dict[str, re.Pattern[str]] = {name: re.compile("|".join(ways)) for name, ways in _WAYS.items()}
"""Worse things come before better ones; the first that is said counts."""

SAYS_NOT = frozenset(("unchanging", "wrong_class", "few_modes", "flat"))
"""What is said with a `not` of its own; in the others a `not` turns the meaning round."""

_BAD = r"(?:noise|garbage|bad|worse|terrible|blank|different|nonsense|broken|awful)"
_WELL = r"(?:good|fine|great|ok|nice|perfect)"
BAD_IN_EVALUATION = re.compile(
    rf"\beval(?:\(\)|uation)? ?(?:mode)?\b.*\b{_BAD}\b.*\btrain|\btrain(?:\(\)|ing)?\b.*\b{_WELL}\b.*\beval"
    rf"|\b{_WELL}\b.*\btrain(?:\(\)|ing)?\b.*\beval(?:\(\)|uation)? ?(?:mode)?\b.*\b{_BAD}\b"
)
"""Of a whole sentence: good in training mode, bad in evaluation mode."""

NOT = re.compile(r"\b(?:not|never)\b|n't\b")
SOME = re.compile(r"\b(?:some|sometimes|occasionally|a few of)\b")
REAL_ONES = re.compile(
    r"\b(?:real|training|input|original|ground[ -]truth) (?:images|samples|data|pictures|faces|digits)\b"
)
NAN = re.compile(
    r"(?<!fixed )(?<!fixed the )(?<!solved )(?<!solved the )\bnans?\b(?!.{0,30}\b(?:fixed"
    r"|solved|gone)\b)|\bbecame inf(?:inite)?\b"
)
