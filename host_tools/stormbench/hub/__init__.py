"""The hubs that there are without a board, and the way to open any hub by its name."""
