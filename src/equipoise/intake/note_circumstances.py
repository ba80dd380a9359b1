"""Frames of what surrounds the networks: data, labels, augmentation, resuming, evaluation, and what was seen."""

from equipoise.intake.note_faults import BATCH_NORM, D, D_LOSS, G, G_LOSS
from equipoise.intake.note_frames import NO, Frame, frame

REALS = r"(?:\bfeatures\b|\brows\b|\bcolumns\b|\bvoxels\b|\bvalues\b|\breals?\b|\btraining (?:images|data|set|samples)|\bdataset\b|\bx_train\b|\binputs?\b|\bdata\b|\bdigits?\b|\bmnist\b|\bimages?\b|\bpixels?\b)"
FAKES = r"(?:\bfakes?\b|\bgenerated\b|\bsynthe\w+|\bgenerator'?s? (?:output|images|samples)|\boutputs? of (?:the )?generator)"
SAMPLES = r"(?:\bimages?\b|\bsamples?\b|\boutputs?\b|\bpictures?\b|\bfaces?\b|\bdigits?\b|\bresults?\b|\bfakes?\b|\bfid\b|\bquality\b|\bgenerator\b|\bgenerations?\b|\beverything\b)"
WELL = r"(?:\bgood\b|\bfine\b|\bgreat\b|\bok\b|\bokay\b|\bnice\w*\b|\bperfect\w*\b|\bnormal\b|\bwell\b|\bsharp\b|\breasonable\b|\brealistic\b|\bexcellent\b|\bbeautiful\b|\bdecent\b)"
BADLY = r"(?:\bbad\b|\bpoor\w*\b|\bworse\b|\bterrible\b|\bhorrib\w+|\bnois[ey]\w*\b|\bgarbage\b|\bgr[ae]y\b|\bblack\b|\bblank\b|\bwhite\b|\bnonsense\b|\bbroken\b|\bawful\b|\bblurr\w+|\bugly\b|\bcollaps\w+|\bdegrad\w+|\bdifferent\b|\bcompletely off\b|\bblobs?\b|\bswirl\w*|\bunrecogni\w+|\bwrong\b|\bwashed)"
EVALUATION = r"(?:\beval(?:\(\)|uation)?\b|\.eval\b|is_training ?= ?false|training ?= ?false|\btest(?:ing)?(?: time| mode| phase| function| script)?\b|\binference\b|set_phase|learning_phase)"
TRAINING = r"(?:\btrain(?:\(\)|ing)?\b|\.train\b|is_training ?= ?true|training ?= ?true|without (?:that|this|it|the call)|during)"
COUNTED = r"(?:training )?(?:images?|pictures?|photos?|samples?|faces|logos|paintings|examples|pairs|sketches|scans|volumes|files|drawings|icons|sprites|patches|slices)"
SAYS_ZERO_TO_ONE = r"(?:/ ?255\.?0?\b|[\[(] ?0(?:\.0)? ?, ?1(?:\.0)? ?[\])]|\b0 ?(?:-|to|\.\.|and) ?1\b|totensor)"
SAYS_BYTES = r"(?:\b0 ?(?:-|to|\.\.|,|and|\u2026) ?255\b|\buint8\b|\bbytes?\b|\b255\b)"
SAYS_MINUS_ONE = r"(?:[\[(] ?-1(?:\.0)? ?, ?1(?:\.0)? ?[\])]|-1 ?(?:-|to|\.\.|and) ?\+?1\b|127\.5)"

CIRCUMSTANCES: tuple[Frame, ...] = (
    # ranges
    frame({"data_min": 0.0, "data_max": 1.0}, SAYS_ZERO_TO_ONE, REALS, never=rf"{SAYS_MINUS_ONE}.{{0,20}}{REALS}|normali[sz]e\(|\* ?2 ?- ?1|label|sigmoid|\bloss"),
    frame({"data_min": 0.0, "data_max": 255.0}, SAYS_BYTES, REALS, never=r"/ ?255|divid\w+|127\.5|scaled to|normali[sz]ed (?:to|between)|\[-1"),
    frame({"data_normalised": False}, REALS, rf"{NO}[^.;]{{0,25}}(?:normali[sz]|(?:re)?scal(?:e|ed|ing))\w*|un-?normali[sz]ed|raw (?:pixel|values|images)|uint8",
          never=rf"(?:batch|spectral|layer|instance|pixel|group|weight)[ _-]?normali|{NO} normali[sz]ation (?:layer|in)|{BATCH_NORM}"),
    # marks and preprocessing
    frame({"real_cue": True}, r"\bpadd\w+|\bborders?\b|\bbackground\w*|\bwatermark\w*|\bjpe?g\w*|\bcompress\w+|\bexact(?:ly)? zeros?|\bblack bars?|\bmask\w*|\bquanti[sz]\w+|\balpha channel|\bletterbox\w*|\bframes? around|\bartefacts?|\bartifacts?|\bone-?hot|\binteger",
          r"\breals?\b|\btraining\b|dataset", FAKES, rf"{NO}|\bonly\b|\bwhile\b|\bwhereas\b|\bcannot\b|\bbut\b", reach="near", never=r"checker|augment\w+|copies of"),
    frame({"preprocessing_differs": True}, r"\breals?\b", FAKES, r"(?:different(?:ly)?|another|not the same|only (?:the )?reals?)[^.;]{0,40}(?:resiz|pre-?process|transform|normali[sz]|interpolat|scal|crop|blur|filter)\w*|(?:resiz|pre-?process|transform|normali[sz]|scal|blur|filter)\w*[^.;]{0,40}(?:differ|only)"),
    frame({"shuffled": False}, r"\bdata\w*|\bbatch\w*|\bimages?\b|\bloader\b|\bsamples?\b|\bthey\b", rf"\bsorted\b|{NO}[^.;]{{0,10}}shuffl\w+|shuffle ?= ?false|in (?:a )?fixed order|ordered by|first all|one class after", never=r"sorted out|labels? .{0,20}shuffl|independently|separately|eval|test"),
    # labels
    frame({"labels_shuffled": True}, r"\blabels?\b|\bclass(?:es)?\b|\bannotations?\b|\bpairs?\b|\bblurred\b", r"do(?:es)?(?: not|n't) (?:belong|fit) together|not (?:that the images are )?matching their labels|arbitrary order|wrong(?:ly)? pair|not paired|\bswapp\w+|mixed up|\bmis-?match\w*|\bmis-?align\w*|do(?:es)?(?: not|n't) (?:correspond|match|belong)|shuffled (?:separately|independently|on their own|without)|wrong order|off by one|permut\w+|sorted differently|out of (?:sync|order)",
          never=r"\breal and fake|\bfakes?\b|regardless|generated (?:digit|image)s? (?:do|does)|targets", reach="near", denied_too=True),
    frame({"label_reaches_generator": False, "conditional": True}, r"\blabels?\b|\bcondition\w*|\bclass(?:es)?\b|one-?hot|embedding", rf"hard[- ]?coded|always (?:the same|\d|zero)|fixed (?:to|at|label|condition)|\bconstant\b|{NO}[^.;]{{0,15}}(?:passed|fed|given|used|concatenat\w+|connected|reach\w*|input)|is (?:never|not) used|overwritten",
          G + r"|condition|conditional|cgan|label i|training loop|embedding", never=r"unconditional|real and fake|fake labels|smooth", reach="near"),
    frame({"samples": "wrong_class"}, r"\blabels?\b|\bclass(?:es)?\b|\bcondition\w*|\bdigit\b", r"\bignor\w+|\bregardless\b|whatever (?:label|class|digit|condition)|no matter (?:which|what)|same (?:digit|class|image)s? for (?:all|every)|no (?:influence|effect|control)|(?:wrong|random|other|different) (?:class|digit|label)|nothing to do with",
          never=r"noise|\bz\b|latent|swapped"),
    # augmentation
    frame({"samples": "augmented"}, r"\baugment\w*|\brotat\w+|\bcut-?out\w*|\bflipp\w+|\bmirror\w+|upside[- ]down|\bcolou?r (?:jitter|transform\w*)|\btranslat\w+|\bdiff-?aug\w*",
          rf"(?:{SAMPLES}|\bgenerator\b)[^.;]{{0,60}}(?:are|show|contain|have|look|with|also|come out|appear|leak)|(?:visible|appear\w*|show(?:s|n)? up|leak\w*|see|seen|can be seen|as if)[^.;]{{0,40}}(?:in|them|samples|images|augment)|augmented (?:images|distribution|samples)",
          never=rf"{NO} augment|augmented with|augmentation (?:is|was) (?:off|disabled)|before training|with rotations"),
    frame({"augmentation_probability": 1.0}, r"\baugment\w*|\bada\b|\bp\b", r"100 ?%|\bsaturat\w+|\bruns? away|\bmaxed", r"probabilit\w+|\bp\b|augment_p", never=r"pixels|\bfid\b"),

    # evaluation and resuming
    frame({"eval_samples_differ": True}, EVALUATION, BADLY, TRAINING, WELL, never=r"test set|overfit|\btest images\b|\bunseen\b", reach="near"),
    frame({"eval_samples_differ": True}, EVALUATION, BADLY, BATCH_NORM + r"|running (?:mean|stat)|dropout", SAMPLES, never=r"test set|overfit|unseen", reach="near"),
    frame({"resumed_without_optimizer": True}, r"optim\w*|\badam\b|\bmoments?\b", r"resum\w+|restart\w*|checkpoint\w*|continu\w+|\breload\w*|\bload\w*|\brestor\w+|\bsav(?:e|ed|ing)\b|\bpkl\b|\bsnapshot",
          rf"{NO}[^.;]{{0,50}}(?:stat\w*|optim\w*|restor\w*|sav\w*|load\w*|includ\w*)|(?:optim\w*|states?)[^.;]{{0,40}}(?:{NO}|lost|fresh|from scratch|re-?creat\w+|re-?init\w*|new\b)|only (?:the )?(?:weights|models?|generator|network|g and d)|fresh optim\w*|new optim\w*", reach="near", never=r"learning rate schedul"),
    # what the samples did
    frame({"samples": "worse"}, r"\bfid\b", r"\b(?:shot|jump\w*|ris(?:es|ing)|rose|climb\w*|increas\w*|goes up|went up|going up|explod\w*|gets? worse|got worse|getting worse|worsen\w*|diverg\w*|wildly|up from|suddenly|skyrocket\w*)\b|from [\d.]+ (?:to|up to) \d{2,}",
          never=rf"{NO} (?:increas|ris|gett?ing worse)|(?:should|decreas\w+|improv\w+|drops?|fell) "),
    frame({"samples": "worse"}, SAMPLES, r"\bthen\b|\bafter(?:wards)?\b|\bsuddenly\b|\blater\b|\bfrom there\b|\buntil\b|\btill\b|\bup to\b|\bsince\b|\bstart(?:s|ed)? to\b|\bat first\b|\bat the beginning\b|\binitially\b|\bonce\b|\bat (?:epoch |step |iter\w* )?\d+k?\b", WELL + r"|\bimproving\b", BADLY, reach="near",
          never=rf"{EVALUATION}|at first[^.;]{{0,20}}(?:bad|noise)|then (?:becomes?|became|get|got) (?:good|better)"),
    frame({"samples": "identical"}, SAMPLES, r"\b(?:the )?(?:exact(?:ly)? )?same (?:\w+ )?(?:image|picture|output|sample|face|result|thing|digit|pattern)s?\b|\b(?:all|exactly|nearly|almost|completely|become|became|are|look) (?:exactly |almost |nearly |completely )?(?:the same|identical|alike|similar to each other)\b|\bsingle (?:image|picture|output|pattern|point)\b|\bevery(?:thing| sample| image) (?:is|looks) the same",
          r"noise|\bz\b|seed|latent|input|caption|all|every|always|over and over|again|regardless|no matter|any|whatever|generat\w+|collaps\w+|after|eventually|gradually|become", never=rf"same (?:size|as the (?:real|paper)|resolution|shape|colou?r)|each epoch|every epoch|same noise|{NO} (?:all )?(?:look|be\b|the same|identical)"),
    frame({"samples": "few_modes"}, r"\bonly\b|\bjust\b|\ball\b|\bnothing but\b", rf"(?:{SAMPLES}|generat\w+|produc\w+|gives?|squares)[^.;]{{0,50}}(?:\bnumber \w+\b|\bdigit \w+\b|\b(?:one|two|three|few|a couple of) (?:kinds?|types?|modes?|class(?:es)?|different|digits?|faces?)|\b[0-9](?:'s|s|-s)\b|contain an? [0-9]\b|\bones\b|\bzeros\b)|\bonly \d+ (?:of|out of) the \d+|(?:lack|little|low|poor|loss|reduced|less|limited|no)[^.;]{0,12}(?:diversity|variety|variation)|diversity[^.;]{0,25}(?:worse|low|poor|lost|drops?|decreas)",
          never=r"loss|label|\bp(?:adding)?\b|zeros_like|targets|epochs|digits? of accuracy"),
    frame({"samples": "few_modes"}, r"\b(?:model|generator|gan|training|network|everything|it|samples?|images?)\b", r"\bcollaps(?:es|ed|ing)\b|\b(?:heavy|severe|complete|partial|mode) collapse|\bget (?:\w+ )?collapse", never=r"discriminator collaps|(?:did|does|do|has|is) (?:it|the model|this) collaps|avoid|prevent|collapse\?"),
    frame({"samples": "noise"}, SAMPLES, r"\b(?:like|just|only|still|pure|is|are|become|becomes|into|remain\w*|but|as) (?:\w+ ){0,2}(?:noise|static|garbage|snow|nonsense|random (?:dots|pixels))\b|\bnoisy (?:points|pixels|dots)", never=r"add\w* noise|noise vector|latent noise|noise (?:is|as) input|less noise|some noise|instance noise|noise (?:to|in) (?:the )?(?:input|discriminator)"),
    frame({"samples": "blank"}, SAMPLES, r"\b(?:one|single|uniform|solid|plain|pure|all|only|completely|full(?:y)?|just|constant) (?:colou?r|gr[ae]y|black|white|blank)\b|\bmonochrom\w+|\bsame colou?r\b|\b(?:gr[ae]y|black|white) (?:images?|pictures?|squares?|samples?|outputs?)\b", never=r"black and white|gr[ae]y-?scale|white background|background"),
    frame({"samples": "checkerboard"}, r"\bchecker\w*|\bgrid(?:ding|s|ded)?(?:[ -](?:like|pattern|effects?|artifacts?|artefacts?|lines))+|\bgridding\b|\bchess ?board"),
    frame({"samples": "memorised"}, SAMPLES, r"\b(?:training|real|data) (?:set|images?|data)\b|dataset", r"\bmemori[sz]\w*|\bcop(?:y|ies|ied)\b|\bidentical to\b|\boverfit\w*|\breproduc\w+|(?:gives|returns|is|are|outputs)[^.;]{0,30}(?:an?|the) (?:\w+ )?images? (?:of|from) (?:the )?(?:training|data)|well on (?:the )?training set[^.;]{0,60}test|training set but"),
    frame({"samples": "unchanging"}, SAMPLES, rf"stop(?:s|ped)? (?:to )?(?:improv|chang|learn)\w*|{NO} (?:longer |seem to |really )?(?:improv|chang|get(?:ting)? (?:any )?better)\w*|\bplateau\w*|\bno (?:visible |further )?(?:improvement|progress|change)",
          never=r"\bloss(?:es)? (?:do|stop|plateau)"),
    frame({"samples": "improving"}, SAMPLES, r"\bimprov(?:es|ing|e)\b|\bget(?:s|ting)? (?:\w+ )?better\b|\bgetting (?:clearer|sharper)|\bgradually (?:look|become)|\bmore and more\b|\bmore realistic", r"\bkeeps?\b|\bstill\b|\bslowly\b|\bgradually\b|\bsteadily\b|\bvisually\b|\bare\b|\bis\b|\bget|\bwith every\b",
          never=rf"{NO}|{BADLY}|\bstop|\bat first\b|\binitially\b|how|would|should"),
    # what the losses did
    frame({"losses": "discriminator_wins"}, rf"{D_LOSS}|{D}|\bd\b",
          rf"(?:{D_LOSS}|{D}(?:'s)?(?: loss)?|loss of (?:the )?{D}|\bd\b)[^.;]{{0,45}}(?:\b0\.0\d*|\bto (?:0|zero)\b|\bnear (?:0|zero)|\b1e-\d|(?:less than|below|under) 0\.[01]\b|\bvery (?:small|low)|\bperfect\w*|\b(?:almost|nearly) (?:0|zero))|\b(?:ahead|overpower\w*|beats?|outpac\w+|crush\w*|too strong|too good|much stronger|wins|dominat\w*)\b|mean d\(real\) 0\.9|d\(x\)[^.;]{{0,15}}(?:1\.0|0\.9\d)|accuracy[^.;]{{0,15}}(?:100|99|1\.0)",
          never=rf"wgan|wasserstein|critic loss (?:is|goes) negative|{NO} (?:strong|dominat|go|reach|become|get|drop|fall)|generator (?:is |gets )?ahead|\brates?\b|\blrs?\b|\badam|d\(g|0\.9\d? and"),
    frame({"losses": "discriminator_wins"}, rf"{G_LOSS}|{G}(?:'s)?(?: loss)?|\bg\b", r"\b(?:ris\w+|rose|increas\w*|grow\w*|climb\w*|go(?:es|ing)? up|went up|diverg\w*)\b", rf"{D_LOSS}|{D}|\bd\b", r"\b(?:decreas\w*|fall\w*|fell|drop\w*|go(?:es|ing)? down|went down|shrink\w*|reduc\w+|converg\w+)\b",
          never=r"wgan|wasserstein|critic"),
    frame({"losses": "growing"}, rf"{G_LOSS}|{D_LOSS}|\bloss(?:es)?\b|\bscores?\b|{D}|{G}", r"\b(?:explod\w*|skyrocket\w*|blow\w* up|blew up|diverg\w*|out of control|10\^\d|e\+?\d{1,2}\b|-?\d{5,}|hundreds? (?:of )?thousands?|millions?|huge|extremely (?:high|large|low))\b",
          never=r"\bimages?\b[^.;]{0,10}\d|\d{5,} (?:images|iter|steps|epochs|samples)|(?:after|at) (?:iteration |step )?\d{5,}|parameters|before this"),
    frame({"losses": "generator_wins"}, rf"{G_LOSS}|{G}", rf"(?:{G_LOSS}|{G}(?:'s)? loss)[^.;]{{0,30}}(?:\bto (?:0|zero)\b|\b0\.0+\d?\b|near (?:0|zero)|\bis (?:always )?(?:0|zero)\b)", never=r"wgan|wasserstein|critic|hinge"),
    frame({"losses": "swinging"}, rf"{G_LOSS}|{D_LOSS}|\blosses?\b|training", r"\bunstable\b|\boscillat\w+|\bfluctuat\w+|\bjump(?:s|ing)? around|\bjitter\w*|\bup and down", never=r"stable now"),
)  # fmt: skip
