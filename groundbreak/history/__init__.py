"""The two clocks: claims, bitemporal intervals, as-of views, series and snapshots."""
