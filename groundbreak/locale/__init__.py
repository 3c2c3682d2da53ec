"""Catalogues of translated texts, one file a language, and the tool that keeps them in step."""
