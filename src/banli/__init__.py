"""Banli 办理 runs the written procedures of an office."""

__version__ = "0.1.0"
