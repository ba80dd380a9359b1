"""A resumed run lost its optimisers' state."""

from equipoise.core.records import Remedy, Severity
from equipoise.diagnosis.wording import proved

RULE = proved(
    "resumed_without_optimizer",
    when={"resumed_without_optimizer": (True,)},
    symptom="The run was resumed with its weights but without the state of its optimisers.",
    severity=Severity.RISK,
    confidence=0.6,
    explanation="Adam's running means begin at zero again, so the first steps are as large as at the very start, at a "
    "point where the two players were finely matched. Losses jump and samples often fall back.",
    remedies=(
        Remedy(
            text="save and load both optimisers, the averaged weights and the random streams too",
            setting="g_optimizer.load_state_dict(checkpoint['g_optimizer'])",
        ),
        Remedy(text="if that state is lost, let the learning rates rise from 0 over the first thousand steps"),
    ),
)
