"""The WSGI entry for application servers; jobs and mail are carried by `eventweek worker`."""

from eventweek import create_app
from eventweek.kernel.logs import init_logs
from eventweek.web.rendering import compile_templates
from eventweek.worker import Engine

init_logs()
app = create_app()
compile_templates(app)
engine = Engine(app)
