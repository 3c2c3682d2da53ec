"""The Equal Earth projection: areas are true, shapes read well.

Šavrič, Patterson and Jenny (2018), "The Equal Earth map projection", International Journal of
Geographical Information Science 33 (3), equations 1–3.
"""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

_A = (1.340264, -0.081106, 0.000893, 0.003796)


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees to x (east) and y (north), in radii of the sphere: x within ±2.71, y within ±1.32."""
    angle = asin(sqrt(3) / 2 * sin(radians(latitude)))
    square = angle * angle
    sixth = square**3
    slope = _A[0] + 3 * _A[1] * square + sixth * (7 * _A[2] + 9 * _A[3] * square)
    y = angle * (_A[0] + _A[1] * square + sixth * (_A[2] + _A[3] * square))
    return 2 * sqrt(3) * radians(longitude) * cos(angle) / (3 * slope), y
