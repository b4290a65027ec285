"""keylint: a policy-as-code linter for exchange API keys."""

__version__ = "0.1.0"
