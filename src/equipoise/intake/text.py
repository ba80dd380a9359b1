"""Free text: the preamble with its settings and modules, then lines with numbers, in whatever punctuation."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from equipoise.core.records import FactValue
from equipoise.intake.jsonrows import flat_numbers, parsed
from equipoise.intake.modules import ModulePrints
from equipoise.intake.names import axis_of, meaning_of
from equipoise.intake.pairs import PairReader, cleaned
from equipoise.intake.settings import facts_in_settings
from equipoise.intake.tables import LooseTable

_PREAMBLE = 20_000
"""Lines within which settings are looked for."""
_LONGEST_LINE = 1 << 16
"""Neither a row nor a setting is longer; it bounds what a pattern has to look at."""
_MOST_BLOCK = 2000
_SETTING = re.compile(
    r"^[\s\-*|>]*(?:--)?([A-Za-z_][\w.\-/]{1,40})\s*[:=]\s*['\"]?([^\s,;|'\"]{1,40})['\"]?\s*(?:\[.*\]\s*)?\|?$"
)
_OPTION = re.compile(r"([A-Za-z_]\w*)=('[^']*'|\"[^\"]*\"|[^\s,()\[\]]+)")
_PREFIX = re.compile(
    r"^(?:\[\w+\]|\w+:\w*:)?\s*\d{4}-\d\d-\d\d[ T][\d:.,]+\S*\s*(?:[-|>:]\s*|[\w.]+\s+-\s+|[A-Z]{4,8}\s+)*(?=\S)"
)
_DATASET = re.compile(r"train\w* (?:data ?set )?size\s*[:=]\s*([\d,]+)", re.IGNORECASE)


@dataclass(slots=True)
class TextReader:
    """Reads a log line by line and gathers what its preamble says of the set-up."""

    pairs: PairReader = field(default_factory=PairReader)
    settings: dict[str, Any] = field(default_factory=dict)
    modules: ModulePrints = field(default_factory=ModulePrints)
    _table: LooseTable = field(default_factory=LooseTable)
    _block: list[str] = field(default_factory=list)
    _seen: int = 0
    _begun: bool = False

    def rows(self, lines: Iterable[str]) -> Iterator[dict[str, float]]:
        """The rows in all lines."""
        for line in lines:
            self._seen += 1
            if not line.strip() or len(line) > _LONGEST_LINE:
                continue
            if self._seen <= _PREAMBLE and self._in_preamble(line):
                continue
            row = self._row(line)
            if row:
                self._begun |= any(map(meaning_of, row))
                yield row

    def facts(self) -> dict[str, FactValue]:
        """What the preamble says."""
        found = facts_in_settings(self.settings) | self.modules.facts()
        if found.get("spectral_norm") and found.get("discriminator_normalisation") == "none":
            found["discriminator_normalisation"] = "spectral"
        return found

    def _row(self, line: str) -> dict[str, float]:
        table = self._table.read(line)
        if table is not None:
            return table
        if line.lstrip()[:1] == "{" and isinstance(entry := parsed(line), dict):
            return flat_numbers(entry)
        return self.pairs.read(line)

    def _in_preamble(self, line: str) -> bool:
        """Whether the line tells of the set-up; if so, keep what it says."""
        self.modules.read(line)
        if self.modules.inside:
            return True
        if self._block or line.strip() == "{":
            return self._in_block(line)
        text = _PREFIX.sub("", cleaned(line)).strip()
        size = _DATASET.search(text)
        if size:
            self.settings["dataset_size"] = size[1].replace(",", "")
            return True
        return self._dictionary(text) or self._options(text) or self._setting(text)

    def _in_block(self, line: str) -> bool:
        """A JSON object over many lines, as StudioGAN's newer logs have for each section."""
        text = _PREFIX.sub("", line)
        self._block.append(text)
        if text.rstrip() == "}":
            entry = parsed("\n".join(self._block))
            self._block.clear()
            if isinstance(entry, dict):
                self.settings |= entry
        elif len(self._block) > _MOST_BLOCK:
            self._block.clear()
        return True

    def _dictionary(self, text: str) -> bool:
        if text == "{":
            self._block.append(text)
            return True
        if not (text.startswith("{") and text.endswith("}") and 2 < len(text) < _LONGEST_LINE):
            return False
        entry = parsed(text)
        if entry is None:
            try:
                entry = ast.literal_eval(text)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                return False
        if not isinstance(entry, dict) or any(meaning_of(str(key)) for key in entry):
            return False
        self.settings |= entry
        return True

    def _options(self, text: str) -> bool:
        """`Namespace(batch_size=64, lr=0.0002)`, as argparse prints it."""
        if not re.match(r"(?:\w+:\s*)?Namespace\(", text) or len(text) > _LONGEST_LINE:
            return False
        self.settings |= {name: value.strip("'\"") for name, value in _OPTION.findall(text)}
        return True

    def _setting(self, text: str) -> bool:
        """`batch_size: 64` alone on its line, unless the name is that of a column."""
        alone = _SETTING.match(text)
        if alone is None or axis_of(alone[1]) is not None:
            return False
        meaning = meaning_of(alone[1])
        if meaning is not None and (self._begun or meaning not in ("lr", "lr_d", "lr_g")):
            return False
        if len(self.settings) < _MOST_BLOCK:
            self.settings.setdefault(alone[1], alone[2])
        return True
