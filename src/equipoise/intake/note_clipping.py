"""Frames of what is clipped, and when."""

from equipoise.intake.note_frames import NO, Frame, frame
from equipoise.intake.note_words import D, G

CLIPPING: tuple[Frame, ...] = (
    frame(
        {"clip_value": 0.0, "objective": "wasserstein", "penalty": "none"},
        r"wgan|wasserstein",
        rf"{NO}[^;]{{0,30}}(?:clip|clamp)\w*|(?:clip|clamp)\w*[^;]{{0,25}}{NO}(?! gradient)",
        reach="near",
        never=r"wgan[ -]?gp|with (?:a )?(?:gradient )?penalty|gradient clip|instead of (?:weight )?clip"
        r"|clip_grad",
    ),
    frame(
        {"clip_after_step": False},
        r"(?:clip|clamp)\w*",
        r"(?:clip|clamp)\w*[^;]{0,60}(?:before|prior to|ahead of|precedes?)[^;]{0,40}(?:step"
        r"|update|optim\w*)|(?:step|updat\w*)[^;]{0,40}(?:after|follows)[^;]{0,20}(?:the )?(?:clip"
        r"|clamp)",
        never=rf"{NO} before",
    ),
    frame(
        {"gradient_clipping": 0.01, "clip_value": 0.0},
        r"(?:clip|clamp)\w*",
        r"gradients?[^;]{0,30},? (?:not|never|instead of|rather than) (?:the )?weights?"
        r"|(?:clip|clamp)\w*[^;]{0,20}is the gradient",
        r"weights?",
        denied_too=True,
    ),
    # clipping of the wrong thing, or at the wrong time
    frame(
        {"clip_value": 0.0, "objective": "wasserstein", "penalty": "none"},
        r"\b(?:clip|clamp)\w*",
        rf"(?:{G}|\bg)(?:'s)?[._ ](?:param\w*|weights)",
        r"wgan|wasserstein",
        reach="near",
        never=rf"(?:{D}|\bd)(?:'s)?[._ ](?:param|weights)|grad",
    ),
    frame(
        {"clip_after_step": False},
        r"\b(?:clip|clamp)\w*",
        r"(?:clip|clamp)\w*[^;]{0,15}\bfirst\b[^;]{0,30}(?:updat|step|optim)|(?:only|just|once)[^;]{0,20}(?:per"
        r"|an|each|every"
        r"|the) epoch|(?:after|at the end of) (?:an|each|every|the) epoch|at the (?:start|beginning|top) of",
        never=r"gradient clip|clip_grad|clip\w* (?:the )?grad",
    ),
)
