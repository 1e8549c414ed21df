"""What is done at the door, and to it."""
