"""An editor's sheet, prompt or option: each changed value becomes a claim, or is refused."""
