"""Frames of what was seen of samples and losses."""

from equipoise.intake.note_frames import NO, Frame, frame
from equipoise.intake.note_words import BADLY, D_LOSS, EVALUATION, G_LOSS, SAMPLES, WELL, D, G

SEEN: tuple[Frame, ...] = (
    frame(
        {"samples": "cycling"},
        rf"{SAMPLES}|\btraining\b|\bit\b",
        r"\b(?:come|comes|came) and (?:go|goes|went)\b|\bin circles\b|\bround and round\b|\bperiodically\b"
        r"|\b(?:good|fine|nice)\b[^;]{0,120}\b(?:bad|noisy|noise|worse|garbage|blurry)\b[^;]{0,80}\b(?:good|fine"
        r"|nice|better)"
        r"(?: ones?)? again|good,? (?:then )?bad,? (?:then )?good|\balternat\w+ between (?:good|bad)",
    ),
    frame(
        {"losses": "discriminator_wins"},
        G,
        r"(?:can(?:not|'t)|could(?: not|n't)|(?:is|was)(?: not|n't) able to|(?:is|was) unable to"
        r"|never (?:manages? to |learns? to )?"
        r"|does(?: not|n't)|fails? to) (?:\w+ )?(?:keep up|catch up|fool|follow|compete|beat|trick|deceive)"
        r"|no chance|falls? behind|left behind|hopeless\w*|overwhelmed",
        rf"{D}|\bit\b",
        never=r"can(?:not|'t) fool (?:me|us|human)",
        denied_too=True,
    ),
    frame(
        {"nan_seen": True},
        r"\bnans?\b",
        r"\b(?:loss\w*|becom\w*|turn\w*|gives?|gave|gets?|got|goes|went|everything|all|after|outputs?)\b",
        never=rf"{NO} nan|\bif\b|avoid|prevent|instead of|check|fixed|solved|\bgone\b",
        denied_too=True,
    ),
    frame(
        {"samples": "few_modes"},
        r"\bsame (?:two|three|four|few|couple of|\d+) |\bonly (?:two|three|four|\d) (?:kinds|types|different)",
    ),
    frame(
        {"samples": "wrong_class"},
        r"(?:random|other|wrong|any) (?:digits?|class(?:es)?)\b",
        r"ask\w*|label|condition|request\w*",
    ),
    frame(
        {"samples": "cycling"},
        r"(?:jump|switch|cycl|hop|mov)\w*[^;]{0,20}(?:one mode to (?:another"
        r"|the next)|between (?:the )?modes|from mode to mode)",
    ),
    frame({"samples": "saturated"}, SAMPLES, r"saturat\w+", never=r"non-?saturating|saturating loss|undersaturated"),
    frame(
        {"samples": "noise"},
        r"nothing but (?:noise|garbage|static)|(?:only|just) (?:garbage|noise|static) (?:comes|come|is|are)",
    ),
    frame(
        {"losses": "discriminator_wins"},
        r"d\(x\)[^;]{0,20}(?:1\.0+\b|\b1\b|0\.99)[^;]{0,25}d\(g\(z\)\)[^;]{0,20}\b0(?:\.0\d*)?\b",
    ),
    # what the samples did
    frame(
        {"samples": "worse"},
        r"\bfid\b",
        r"\b(?:shot|jump\w*|ris(?:es|ing)|rose|climb\w*|increas\w*|goes up|went up|going up"
        r"|explod\w*|gets? worse|got worse|getting worse|worsen\w*|diverg\w*|wildly|up from"
        r"|suddenly|skyrocket\w*)\b",
        never=rf"{NO} (?:increas|ris|gett?ing worse)|should |(?:decreas\w+|improv\w+"
        rf"|drops?|fell) (?!.*\b(?:then|but|until|again|start\w*|later|suddenly)\b)",
    ),
    frame(
        {"samples": "worse"},
        SAMPLES,
        r"\bthen\b|\bafter(?:wards)?\b|\bsuddenly\b|\blater\b|\bfrom there\b|\buntil\b"
        r"|\btill\b|\bup to\b|\bsince\b|\bstart(?:s|ed)? to\b|\bat first\b|\bat the beginning\b"
        r"|\binitially\b|\bonce\b|\bat (?:epoch |step |iter\w* )?\d+k?\b",
        WELL + r"|\bimproving\b",
        BADLY,
        reach="near",
        never=rf"{EVALUATION}|at first[^;]{{0,20}}(?:bad|noise)|then (?:becomes?|became|get|got) (?:good"
        rf"|better)",
    ),
    frame(
        {"samples": "identical"},
        SAMPLES,
        r"\b(?:the )?(?:exact(?:ly)? )?same (?:\w+ )?(?:image|picture|output|sample|face"
        r"|result|thing|digit|pattern)s?\b|\b(?:all|exactly|nearly|almost|completely|become"
        r"|became|are|look) (?:exactly |almost |nearly |completely )?(?:the same|identical"
        r"|alike|similar to each other)\b|\bsingle (?:image|picture|output|pattern|point)\b"
        r"|\bevery(?:thing| sample| image) (?:is|looks) the same",
        r"noise|\bz\b|seed|latent|input|caption|all|every|always|over and over|again|regardless"
        r"|no matter|any|whatever|generat\w+|collaps\w+|after|eventually|gradually|become",
        never=rf"same (?:size|as the (?:real|paper)|resolution|shape|colou?r)|each epoch|every epoch"
        rf"|same noise|{NO} (?:all )?(?:look|be\b|the same|identical)",
    ),
    frame(
        {"samples": "few_modes"},
        r"\bonly\b|\bjust\b|\ball\b|\bnothing but\b|\bno\b|\black|\blittle\b|\blow\b|\bdiversity\b|\bmostly\b",
        r"\b(?:only|mostly|just) (?:ones|twos|threes|fours|fives|sixes|sevens|eights|nines|zeros|[0-9]'?s)\b"
        rf"|(?:{SAMPLES}|generat\w+|produc\w+|gives?|squares)[^;]{{0,50}}(?:\bnumber \w+\b"
        rf"|\bdigit \w+\b|\b(?:one|two|three|few|a couple of) (?:kinds?|types?|modes?|class(?:es)?"
        rf"|different|digits?|faces?)|\b[0-9](?:'s|s|-s)\b|contain an? [0-9]\b|\b(?:ones|twos|threes|fours|fives|sixes"
        r"|sevens|eights|nines)\b"
        rf"|\bzeros\b)|\bonly \d+ (?:of|out of) the \d+|(?:lack|little|low|poor|loss|reduced"
        rf"|less|limited|no)[^;]{{0,12}}(?:diversity|variety|variation)|diversity[^;]{{0,25}}(?:worse"
        rf"|low|poor|lost|drops?|decreas)",
        never=r"loss|label|\bp(?:adding)?\b|zeros_like|targets|epochs|digits? of accuracy",
    ),
    frame(
        {"samples": "few_modes"},
        r"\b(?:model|generator|gan|training|network|everything|it|samples?|images?)\b",
        r"\bcollaps(?:es|ed|ing)\b|\b(?:heavy|severe|complete|partial|mode) collapse|\bget (?:\w+ )?collapse",
        never=r"discriminator collaps|(?:did|does|do|has|is) (?:it|the model|this) collaps|avoid"
        r"|prevent|collapse\?",
    ),
    frame(
        {"samples": "noise"},
        SAMPLES,
        r"\b(?:like|just|only|still|pure|is|are|become|becomes|into|remain\w*|but|as) (?:\w+ ){0,2}(?:noise"
        r"|static|garbage|snow|nonsense|random (?:dots|pixels))\b|\bnoisy (?:points|pixels"
        r"|dots)",
        never=r"add\w* noise|noise vector|latent noise|noise (?:is|as) input|less noise|some noise"
        r"|instance noise|noise (?:to|in) (?:the )?(?:input|discriminator)",
    ),
    frame(
        {"samples": "blank"},
        SAMPLES,
        r"\b(?:one|single|uniform|solid|plain|pure|all|only|completely|full(?:y)?|just"
        r"|constant) (?:colou?r|gr[ae]y|black|white|blank)\b|\bmonochrom\w+|\bsame colou?r\b"
        r"|\b(?:gr[ae]y|black|white) (?:images?|pictures?|squares?|samples?|outputs?)\b",
        never=r"black and white|gr[ae]y-?scale|white background|background",
    ),
    frame(
        {"samples": "checkerboard"},
        r"\bchecker\w*|\bgrid(?:ding|s|ded)?(?:[ -](?:like|pattern|effects?|artifacts?"
        r"|artefacts?|lines))+|\bgridding\b|\bchess ?board",
    ),
    frame(
        {"samples": "memorised"},
        SAMPLES,
        r"\b(?:training|real|data) (?:set|images?|data)\b|dataset",
        r"\bmemori[sz]\w*|\bcop(?:y|ies|ied)\b|\bidentical to\b|\boverfit\w*|\breproduc\w+"
        r"|(?:gives|returns|is|are|outputs)[^;]{0,30}(?:an?|the) (?:\w+ )?images? (?:of"
        r"|from) (?:the )?(?:training|data)|well on (?:the )?training set[^;]{0,60}test"
        r"|training (?:images|set|data|samples)[^;]{0,30}(?:sharp|good|great|perfect|fine)[^;]{0,40}\btest"
        r"|training set but",
    ),
    frame(
        {"samples": "unchanging"},
        SAMPLES,
        rf"stop(?:s|ped)? (?:to )?(?:improv|chang|learn)\w*|{NO} (?:longer |seem to |really )?(?:improv"
        rf"|chang|get(?:ting)? (?:any )?better)\w*|\bplateau\w*|\bno (?:visible |further )?(?:improvement"
        rf"|progress|change)",
        never=r"\bloss(?:es)? (?:do|stop|plateau)",
    ),
    frame(
        {"samples": "improving"},
        SAMPLES,
        r"\bimprov(?:es|ing|e)\b|\bget(?:s|ting)? (?:\w+ )?better\b|\bgetting (?:clearer"
        r"|sharper)|\bgradually (?:look|become)|\bmore and more\b|\bmore realistic",
        r"\bkeeps?\b|\bstill\b|\bslowly\b|\bgradually\b|\bsteadily\b|\bvisually\b|\bare\b"
        r"|\bis\b|\bget|\bwith every\b",
        never=rf"{NO}|{BADLY}|\bstop|\bat first\b|\binitially\b|how|would|should",
    ),
    # what the losses did
    frame(
        {"losses": "discriminator_wins"},
        rf"{D_LOSS}|{D}|\bd\b",
        rf"(?:{D_LOSS}|{D}(?:'s)?(?: loss)?|loss of (?:the )?{D}|\bd\b)[^;]{{0,45}}(?:\b0\.0\d*"
        rf"|\bto (?:0|zero)\b|\bnear (?:0|zero)|\b1e-\d|(?:less than|below|under) 0\.[01]\b"
        rf"|\bvery (?:small|low)|\bperfect\w*|\b(?:almost|nearly) (?:0|zero))|\b(?:ahead"
        rf"|overpower\w*|beats?|outpac\w+|crush\w*|too strong|too good|much stronger|wins"
        rf"|dominat\w*)\b|mean d\(real\) 0\.9|d\(x\)[^;]{{0,15}}(?:1\.0|0\.99)|accuracy[^;]{{0,15}}(?:100"
        rf"|99|1\.0)",
        never=rf"wgan|wasserstein|critic loss (?:is|goes) negative|{NO} (?:strong|dominat|go|reach"
        rf"|become|get|drop|fall)|generator (?:is |gets )?ahead|\brates?\b|\blrs?\b|\badam"
        rf"|d\(g|0\.9\d? and",
    ),
    frame(
        {"losses": "discriminator_wins"},
        rf"{G_LOSS}|{G}(?:'s)?(?: loss)?|\bg\b",
        r"\b(?:ris\w+|rose|increas\w*|grow\w*|climb\w*|go(?:es|ing)? up|went up|diverg\w*)\b",
        rf"{D_LOSS}|{D}|\bd\b",
        r"\b(?:decreas\w*|fall\w*|fell|drop\w*|go(?:es|ing)? down|went down|shrink\w*|reduc\w+"
        r"|converg\w+)\b",
        never=r"wgan|wasserstein|critic",
    ),
    frame(
        {"losses": "growing"},
        rf"{G_LOSS}|{D_LOSS}|\bloss(?:es)?\b|\bscores?\b|{D}|{G}",
        r"\b(?:explod\w*|skyrocket\w*|blow\w* up|blew up|diverg\w*|out of control|10\^\d"
        r"|\de\+?\d{1,2}\b|-?\d{5,}|hundreds? (?:of )?thousands?|millions?|huge|extremely (?:high"
        r"|large|low))\b",
        never=r"\bimages?\b[^;]{0,10}\d|\d{5,} (?:images|iter|steps|epochs|samples)|(?:after"
        r"|at) (?:iteration |step )?\d{5,}|parameters|before this",
    ),
    frame(
        {"losses": "generator_wins"},
        rf"{G_LOSS}|{G}",
        rf"(?:{G_LOSS}|{G}(?:'s)? loss)[^;]{{0,30}}(?:\bto (?:0|zero)\b|\b0\.0+\d?\b|near (?:0"
        rf"|zero)|\bis (?:always )?(?:0|zero)\b(?!\.\d))",
        never=r"wgan|wasserstein|critic|hinge",
    ),
    frame(
        {"losses": "swinging"},
        rf"{G_LOSS}|{D_LOSS}|\blosses?\b|training",
        r"\bunstable\b|\boscillat\w+|\bfluctuat\w+|\bjump(?:s|ing)? around|\bjitter\w*"
        r"|\bup and down",
        never=r"stable now",
    ),
)
