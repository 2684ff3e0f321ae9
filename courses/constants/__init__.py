"""The lowest layer: plain values and rules about them. Nothing here knows a model."""
