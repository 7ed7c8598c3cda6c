"""The reference engine: the model told as SimPy processes, one replication at a time."""

from sim.engines.reference.simulation import simulate, summarise

__all__ = ["simulate", "summarise"]
