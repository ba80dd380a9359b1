"""The engine: state, game, step, loop, and what keeps a run safe."""
