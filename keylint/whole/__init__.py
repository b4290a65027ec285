"""What only the whole of a repository, or its inventory, can tell: facts made of facts."""
