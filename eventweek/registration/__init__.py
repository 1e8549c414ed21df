"""Registration: attendees, offerings and their seats, registrations, waiting list, passes."""
