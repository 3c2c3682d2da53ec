"""What leaves the house frozen: release packages, figures, the briefing."""
