"""Signers behind one interface, and the signatures that they make."""
