"""The WSGI entry for application servers."""

from eventweek import create_app

app = create_app()
