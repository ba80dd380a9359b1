"""From a trained generator to something to look at or to measure."""

from equipoise.sampling.curve import Curve, curves_picture
from equipoise.sampling.generate import evaluating, generate, generate_from
from equipoise.sampling.interpolate import BlendingGenerator, interpolate_classes, interpolate_latents
from equipoise.sampling.latents import sample_latents, slerp
from equipoise.sampling.picture import image_grid, to_uint8
from equipoise.sampling.picture_file import animation, save_png
from equipoise.sampling.scatter import scatter

__all__ = [
    "BlendingGenerator",
    "Curve",
    "animation",
    "curves_picture",
    "evaluating",
    "generate",
    "generate_from",
    "image_grid",
    "interpolate_classes",
    "interpolate_latents",
    "sample_latents",
    "save_png",
    "scatter",
    "slerp",
    "to_uint8",
]
