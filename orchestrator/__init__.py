"""Composes policies, channels and templates. The only package that knows time, storage and people."""

__version__ = "0.1.0"
