"""How a name known in one language may be written in another: proposals for its holder, never what is printed."""
