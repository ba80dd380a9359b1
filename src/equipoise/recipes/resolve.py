"""From a recipe and the data's facts to a recipe with nothing left to guess."""

from dataclasses import dataclass, replace

import torch

from equipoise.core.errors import SettingError
from equipoise.networks import IMAGE_SIZES, discriminator_normalisation
from equipoise.recipes.schema import Architecture, Conditioning, DiscriminatorSettings, GeneratorSettings, Recipe
from equipoise.recipes.selection import chosen_selection

RESNET_SIZES = (32, 64, 128)
LARGEST_MLP_IMAGE = 64
DEFAULT_EPOCHS = 50
LEAST_IMAGES = 200_000


@dataclass(frozen=True, kw_only=True, slots=True)
class DataFacts:
    """What a recipe adapts to."""

    count: int
    sample_shape: tuple[int, ...]
    classes: int


def image_size(recipe: Recipe, native: int | None) -> int:
    """The size to prepare images at: the one asked for, else the native one, else the nearest the networks can do.

    `native` is the side of the images where all are square and alike, or None. Images are not enlarged unless they are
    smaller than the smallest size the architecture knows.
    """
    if recipe.data.size is not None:
        return recipe.data.size
    wanted = native or LARGEST_MLP_IMAGE
    architecture = recipe.generator.architecture
    if architecture == "own":
        return wanted
    if architecture == "mlp" or (architecture == "auto" and wanted < min(IMAGE_SIZES)):
        return min(wanted, LARGEST_MLP_IMAGE)
    able = RESNET_SIZES if architecture == "resnet" else IMAGE_SIZES
    return max([size for size in able if size <= wanted], default=min(able))


def resolve(recipe: Recipe, facts: DataFacts) -> Recipe:
    """`recipe` with every `auto` and `None` decided by the data.

    Raises:
        SettingError: settings that contradict each other or the data, naming both sides and the way out.
    """
    conditioning = _conditioning(recipe, facts)
    training = recipe.training
    if training.images is None and training.seconds is None:
        training = replace(training, images=max(LEAST_IMAGES, DEFAULT_EPOCHS * facts.count))
    resolved = replace(
        recipe,
        conditioning=conditioning,
        data=replace(recipe.data, size=facts.sample_shape[-1], channels=facts.sample_shape[0])
        if len(facts.sample_shape) == 3
        else recipe.data,
        generator=_generator(recipe.generator, facts),
        discriminator=_discriminator(recipe, facts),
        training=replace(training, device=resolve_device(training.device), selection=chosen_selection(training)),
    )
    _check(resolved, facts)
    return resolved


def resolve_device(name: str) -> str:
    """`auto` to the best device here; any other name is checked.

    Raises:
        SettingError: the device is unknown, or not on this machine.
    """
    available = ["cpu"]
    available += [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    available += ["mps"] if torch.backends.mps.is_available() else []
    if name == "auto":
        return available[1] if len(available) > 1 else "cpu"
    wanted = "cuda:0" if name == "cuda" else name
    if wanted not in available:
        raise SettingError(
            f"`training.device` is {name!r}, but this machine offers {', '.join(available)}. Use --device auto"
            + (" (PyTorch sees no CUDA device: check the driver, or install a CUDA build)." if "cuda" in name else ".")
        )
    return wanted


def _conditioning(recipe: Recipe, facts: DataFacts) -> Conditioning:
    if recipe.conditioning == "auto":
        return "projection" if facts.classes > 1 else "none"
    if recipe.conditioning != "none" and facts.classes < 2:
        raise SettingError(
            f"`conditioning` is {recipe.conditioning!r}, but the data has no classes. Put the images into one "
            "sub-folder per class, give an array of labels, or go without (`--set conditioning=none`)."
        )
    return recipe.conditioning


def _architecture(wanted: Architecture, facts: DataFacts) -> Architecture:
    if wanted != "auto":
        return wanted
    is_image = len(facts.sample_shape) == 3
    return "dcgan" if is_image and facts.sample_shape[-1] in IMAGE_SIZES else "mlp"


def _generator(settings: GeneratorSettings, facts: DataFacts) -> GeneratorSettings:
    return replace(settings, architecture=_architecture(settings.architecture, facts))


def _discriminator(recipe: Recipe, facts: DataFacts) -> DiscriminatorSettings:
    settings = recipe.discriminator
    architecture = _architecture(settings.architecture, facts)
    normalisation = settings.normalisation
    if normalisation == "auto":
        if architecture == "mlp":
            normalisation = "none"
        else:
            normalisation = discriminator_normalisation(
                gradient_penalty=bool(recipe.constraints), spectral=recipe.discriminator.spectral_norm
            )
    return replace(settings, architecture=architecture, normalisation=normalisation)


def _check(recipe: Recipe, facts: DataFacts) -> None:
    """Combinations that cannot work are errors; those that are merely unwise are `warnings_of` the recipe."""
    training, discriminator = recipe.training, recipe.discriminator
    if recipe.constraints and discriminator.normalisation == "batch":
        raise SettingError(
            f"`discriminator.normalisation` is batch, but {next(iter(recipe.constraints))} is on: batch normalisation "
            "makes a sample's score depend on its mates, so a per-sample gradient means nothing. "
            "Use `layer`, `instance`, `none` or `auto`."
        )
    if training.decay == "linear" and training.images is None:
        raise SettingError(
            "`training.decay` is linear, which needs to know the end of the run in images. "
            "Give --images, or use `--set training.decay=constant`."
        )
    parts = training.micro_batches * discriminator.packing
    if training.batch_size % parts:
        raise SettingError(
            f"`training.batch_size` is {training.batch_size}, which does not divide into {training.micro_batches} "
            f"micro-batches of packs of {discriminator.packing}. Use a multiple of {parts}."
        )
    if training.batch_size > facts.count:
        raise SettingError(
            f"`training.batch_size` is {training.batch_size}, but there are {facts.count} images to train on. "
            f"Use --set training.batch_size={max(1, facts.count // parts * parts)} or fewer, or add images."
        )
    for player, passes in ((recipe.generator, training.micro_batches), (discriminator, parts)):
        if player.normalisation == "batch" and player.architecture != "own" and training.batch_size // passes < 2:
            raise SettingError(
                f"`training.batch_size` is {training.batch_size}, which leaves one sample for each pass; batch "
                f"normalisation needs at least 2. Use {2 * passes} or more, or `normalisation=none` for both players."
            )


def warnings_of(recipe: Recipe) -> list[str]:
    """What is allowed, and yet probably not meant."""
    warnings = []
    wasserstein = recipe.objective.name == "wasserstein"
    tame = recipe.constraints or recipe.discriminator.spectral_norm or recipe.discriminator.weight_clip is not None
    if wasserstein and not tame:
        warnings.append(
            "A Wasserstein critic without a constraint grows without bound: set constraints.gradient_penalty.weight=10."
        )
    if wasserstein and recipe.discriminator.spectral_norm and not recipe.constraints:
        warnings.append(
            "Spectral normalisation with the Wasserstein loss gives a weak signal; hinge is what it was made for."
        )
    if "gradient_penalty" in recipe.constraints and not wasserstein:
        warnings.append("A gradient penalty with target 1 belongs to Wasserstein; for this objective R1 is usual.")
    for player, settings in (("generator", recipe.generator), ("discriminator", recipe.discriminator)):
        if settings.optimizer == "adam" and settings.betas[0] > 0.5:
            warnings.append(
                f"{player}.betas starts with {settings.betas[0]}: momentum above 0.5 makes adversarial training cycle."
            )
    return warnings
