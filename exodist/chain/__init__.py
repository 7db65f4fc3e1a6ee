"""The chain, end to end: manifest -> plan -> artifacts -> images -> signatures, as typed values.

This is what `build`, `run` and the tests call: the order of the stages, and no stage's work.
"""
