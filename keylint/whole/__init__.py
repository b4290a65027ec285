"""What only the whole of a folder, or its inventory, can tell: facts made of facts. Pure: what is read is handed in."""
