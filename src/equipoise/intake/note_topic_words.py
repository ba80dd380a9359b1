"""What a complaint, praise and a worry sound like, and how the words of a fault are written down."""

import re

COMPLAINT = re.compile(
    r"\b(?:not|n't|never|cannot|can't) (?:\w+ ){0,2}(?:converg\w*|learn\w*|work\w*|train|improv\w*"
    r"|get (?:a )?(?:good|any"
    r"|better)|generat\w*|produc\w*|reproduc\w*)|\bfail(?:s|ed|ing|ure)?\b|\bunstable\b"
    r"|\bdiverg\w+|\bgarbage\b|\brubbish\b|\bstatic\b|\bhell\b|\bwild\w*|\bhuge swings\b"
    r"|\bdid(?: not|n't) go well\b|\bcollaps\w+"
    r"|\b(?:poor|bad|terrible|horrible|weird|strange|ugly|wrong) (?:\w+ )?(?:results?|images?"
    r"|samples?|outputs?|quality|"
    r"pictures?|performance)|\bresults? (?:are|is|look|stays?) (?:\w+ )?(?:poor|bad|terrible|horrible)|\bstuck\b"
    r"|\b(?:only|just|nothing but|pure|still) noise\b|\bexplod\w+|\bnans?\b|\bbroken\b|\bget(?:s|ting)? worse\b"
)
CONTENT = re.compile(
    r"\b(?:results?|samples?|images?|pictures?|training|faces|digits|everything|it) (?:is|are|look|looks|works?|seem|"
    r"seems|trains?|train) (?:\w+ )?(?:good|fine|great|ok|okay|well|nice|better|what i hoped)"
    r"|\bsounds? (?:good|great|fine|natural)\b|\b(?:like|similar to) (?:the )?real (?:ones?|data"
    r"|images|samples)\b|\bi am happy\b|\bhappy with\b|\b(?:looks?|works?) (?:fine|good|great"
    r"|well)\b|\bwhat i hoped for\b|\botherwise fine\b"
)

WORRY = re.compile(
    r"\b(?:is|are) (?:this|it|that|these|they) (?:\w+ )?(?:fine|normal|ok\w*|right|alright"
    r"|reasonable|a problem|bad|expected|"
    r"problematic)\b|\bnormal\?|\bshould i (?:wait|stop|worry|be worried)|\bwill it get better\b"
    r"|\bis(?:n't| not)? (?:this|it|that)"
    r" problematic\b|\bdoes it matter\b|\ba failure mode\b"
)
"""Whether anything is wrong is what is asked."""

Words = tuple[tuple[int, re.Pattern[str]], ...]


def words(*weighed: tuple[int, str]) -> Words:
    """The words of one fault, each with what it weighs."""
    return tuple((weight, re.compile(pattern)) for weight, pattern in weighed)
