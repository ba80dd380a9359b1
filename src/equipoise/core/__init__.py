"""The shared vocabulary: types, records, protocols, errors, randomness. Imports nothing else of equipoise."""
