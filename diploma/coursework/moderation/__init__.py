"""Second marking: a blind second mark of chosen works, how both become one, and how far markers agree."""
