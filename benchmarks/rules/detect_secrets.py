"""One rule for detect-secrets: a key of 64 characters."""

import re

from detect_secrets.plugins.base import RegexBasedDetector


class Key64(RegexBasedDetector):
    """Letters of both cases and digits, 64 of them."""

    secret_type = "Key of 64 characters"
    denylist = (re.compile(r"\b(?=[0-9A-Z]*[a-z])(?=[0-9a-z]*[A-Z])(?=[A-Za-z]*[0-9])[A-Za-z0-9]{64}\b"),)
