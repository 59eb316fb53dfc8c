"""Procedures drawn from their files: the flow chart, on paper and beside a running case."""

from banli.engine.draw.chart import svg

__all__ = ["svg"]
