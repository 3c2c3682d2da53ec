"""What can be asked for, in the order of the reference."""

from __future__ import annotations

from groundbreak.api.answering import Resource
from groundbreak.api.resources import flows, log, measures, projects, register

RESOURCES: tuple[Resource, ...] = (
    *projects.RESOURCES, *log.RESOURCES, *measures.RESOURCES, *flows.RESOURCES,
    *register.RESOURCES,
)
