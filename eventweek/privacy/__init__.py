"""What is held about a person over all rooms: told to them whole, and taken away when they ask. No table of its own."""
