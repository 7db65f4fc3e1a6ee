"""Manifests, boards, components and the lock: typed, frozen, validated at construction."""
