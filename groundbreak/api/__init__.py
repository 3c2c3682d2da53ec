"""The public API: read only, no key, public claims alone.

`resources` say what can be asked; `answering` is the one way from a request to an answer;
`describing` makes the OpenAPI document of the same resources. What is documented is what runs.
"""
