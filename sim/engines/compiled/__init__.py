"""The compiled engine: the same model as the reference engine's, event for event, as machine code."""

from sim.engines.compiled.simulation import prepare, simulate, summarise

__all__ = ["prepare", "simulate", "summarise"]
