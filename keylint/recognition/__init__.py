"""What a run of 64 alphanumerics is, from its shape, its surroundings and the name it is bound to."""
