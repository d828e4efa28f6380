"""The WSGI application, for any server; `serai node run` brings its own."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serai.site.settings")
application = get_wsgi_application()
