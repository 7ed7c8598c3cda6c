"""Both engines, event for event: see docs/equal-engines.md."""
