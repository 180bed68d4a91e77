"""Keys of hubs: where this side keeps them, and what it puts into frames with them."""
