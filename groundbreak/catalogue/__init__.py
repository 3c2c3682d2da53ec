"""The projects of a view as a catalogue: filter, search, count facets, sort, page, choose columns.

One query language for every door: the same words filter the site's page, its downloads, the API
and the feeds. Pure: frames in, frames out.
"""
