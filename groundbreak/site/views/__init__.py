"""The views, one module a page or family of pages; each names its addresses."""
