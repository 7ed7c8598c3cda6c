"""The keyed uniforms, distributions and quantile tables."""
