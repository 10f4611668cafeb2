"""A control loop that keeps AI agents healthy."""

__version__ = "0.1.0"
