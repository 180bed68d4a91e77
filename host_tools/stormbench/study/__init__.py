"""Every scenario in every arm, again and again, and what follows for the three questions."""
