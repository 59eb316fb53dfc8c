"""The entry of the web server; imported in each of its worker processes."""

import signal

from django.core.wsgi import get_wsgi_application

from banli.config.processes import die_with_parent

die_with_parent(signal.SIGKILL)  # a worker whose server was killed would hold on to the port
application = get_wsgi_application()
