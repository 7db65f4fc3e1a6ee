"""exodist: one manifest becomes operating-system images that anyone can rebuild to the same bytes.

The packages follow the chain, and a later one never reaches back:
manifest -> build -> formats and images -> sign -> emulate. `cli.py` alone knows all stages.
"""

__version__ = "0.1.0"
