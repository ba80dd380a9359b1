"""`equipoise recipes`."""


def recipes(name: str | None = None, /) -> None:
    """List the recipes, or print every setting of one.

    Args:
        name: A recipe, such as wgan-gp.
    """
    from dataclasses import asdict

    from equipoise.recipes import PRESETS, preset
    from equipoise.recipes.rehearsal import settings_text

    if name is not None:
        print(settings_text(asdict(preset(name))))
        return
    for known, make in PRESETS.items():
        print(f"{known:<12} {make().summary}")
    print("\nEvery setting: equipoise recipes NAME. Change one: equipoise train --set KEY=VALUE.")
