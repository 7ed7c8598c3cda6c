"""Calibration: what a buyer's own order history tells about the inputs of a scenario, and how little it does."""
