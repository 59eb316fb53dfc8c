"""The entry of the web server."""

from django.core.wsgi import get_wsgi_application

from banli.operation import metrics

metrics.enable()
application = get_wsgi_application()
