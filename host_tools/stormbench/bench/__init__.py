"""How much a hub carries: rates and times by what becomes of an alert, and by its length."""
