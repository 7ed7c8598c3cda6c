"""Keyed uniforms, distributions and the quantile tables that every engine draws from."""
