"""Bytes in, rows out: files of attendance as offices keep them. Nothing here knows a database or a request."""
