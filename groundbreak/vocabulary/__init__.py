"""The shared words: sectors, products, routes, stages, gates, fields, units and countries."""
