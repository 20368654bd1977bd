"""Measures the backend on loopback: `uv run python -m bench`. Figures are in docs/benchmarks.md."""
