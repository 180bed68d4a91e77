"""What can be wrong between this computer and a hub: looked at, and what mends it named.

A file looks at one kind of thing. Nothing here changes anything, calls sudo or installs; where
that is needed the line to type is part of the finding. Prints nothing.
"""
