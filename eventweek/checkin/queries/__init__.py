"""Reads of the door: devices and gates, sessions as published, what a code stands for, who is inside."""
