"""How well `equipoise diagnose` answers what people ask in forums."""
