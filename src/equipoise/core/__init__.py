"""The shared vocabulary: types, records, errors, calling, randomness. Imports nothing else of equipoise."""
