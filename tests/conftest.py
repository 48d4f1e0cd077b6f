"""What all tests share: properties are not held to a deadline, and COMITY_EXAMPLES says how long to look."""

import os

from hypothesis import settings

settings.register_profile("comity", deadline=None, max_examples=int(os.environ.get("COMITY_EXAMPLES", "100")))
settings.load_profile("comity")
