"""Calendar feeds of the published programme (RFC 5545, RFC 7986)."""
