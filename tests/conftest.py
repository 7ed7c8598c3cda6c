"""Settings that every test shares."""

from __future__ import annotations

import os
import signal

from hypothesis import HealthCheck, settings

# Derandomised, so that a red run stays red; LOTWISE_HYPOTHESIS=thorough looks further, with fresh examples.
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("thorough", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("LOTWISE_HYPOTHESIS", "ci"))

# A suite that a shell started in the background is deaf to interrupts, and so would be every command that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
