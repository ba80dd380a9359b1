"""Pre-flight of somebody's own networks, losses, penalty, optimisers and data, before GPU time is spent on them."""

from equipoise.preflight.check import check
from equipoise.preflight.report import CheckReport
from equipoise.preflight.run import check_setup
from equipoise.preflight.setup import SetUp

__all__ = ["CheckReport", "SetUp", "check", "check_setup"]
