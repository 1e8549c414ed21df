"""The WSGI entry for application servers; jobs and mail are carried by `eventweek worker`."""

from eventweek import create_app
from eventweek.worker import Engine

app = create_app()
engine = Engine(app)
