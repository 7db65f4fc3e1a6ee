"""Sizes, instruction counts and ratios against peers, for `./exo bench`. Measures, never judges."""
