"""An independent replay of a simulation: it reads the providers' own log and shares no code with the product.

Its tables (area codes, hours, caps) are built here from public data sets and from the figures in the
regulations, so that a mistake in the product is not repeated by its checker.
"""
