"""How every test runs: a property test is the same on each CI run, and a slow machine fails none of them."""

import os

from hypothesis import HealthCheck, settings

# A shared machine stalls now and then; a stall says nothing about the property.
ALWAYS = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("explore", ALWAYS)
settings.register_profile("ci", ALWAYS, derandomize=True)
# Every test compiles for itself; those of what is remembered name a folder of their own.
os.environ["MALUS_CACHE"] = ""

settings.load_profile("ci" if os.environ.get("CI") else "explore")
