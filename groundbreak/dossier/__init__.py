"""Everything known of one project: what holds, since when, on which evidence, what contradicts it.

Pure: a view in, small frames out; pages, the API, the briefing and the command show the same.
"""
