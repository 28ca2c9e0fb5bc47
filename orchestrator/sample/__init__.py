"""The sample book.

A firm, its creditors, and a portfolio of American and Chinese accounts, for trying things out.
"""
