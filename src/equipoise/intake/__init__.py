"""Other people's logs, and ours, as history and facts. Nothing here needs torch."""

from equipoise.intake.facts_file import FactsFile, facts_in, read_facts_file
from equipoise.intake.read import read_log
from equipoise.intake.reading import RUN_FOLDER, ColumnReading, LogReading, Origin

__all__ = [
    "RUN_FOLDER",
    "ColumnReading",
    "FactsFile",
    "LogReading",
    "Origin",
    "facts_in",
    "read_facts_file",
    "read_log",
]
