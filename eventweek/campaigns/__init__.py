"""Campaigns (群发): what organisers write to many, the reminders of a week, each message's fate."""
