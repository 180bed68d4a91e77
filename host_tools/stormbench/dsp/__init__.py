"""North of the WAN: a stand-in for the Data Service Provider, and for the Users behind it."""
