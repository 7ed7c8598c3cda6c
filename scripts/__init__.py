"""Scripts that prepare figures for scenarios; not part of what is installed."""
