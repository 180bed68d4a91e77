"""A study's report.json as a page for the Working Group, and as a summary of half a page.

Lays out what it is given: the figures, and every sentence that says what follows from them, are
report.json's.
"""
