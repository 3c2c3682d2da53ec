"""The briefing: two to six pages, as tagged PDF, that a council member reads on the way.

Everything in it is a function of what the register knew on a day; the same state and the same
question give the same bytes.
"""

from groundbreak.publishing.briefing.pages import Asked, briefing, document

__all__ = ["Asked", "briefing", "document"]
