"""Policies that come with stormbench, and what is to be said of a policy that is accepted."""
