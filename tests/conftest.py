"""What all tests share: properties are not held to a deadline, for the machine may be busy."""

from hypothesis import settings

settings.register_profile("comity", deadline=None)
settings.load_profile("comity")
