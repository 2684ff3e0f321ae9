"""The entry point of the server. X-Forwarded-For and -Proto count only from the addresses in TRUSTED_PROXIES."""

import os
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vithanh_training.settings")

# A thread that waits for its turn beside one that makes a large file gets it after this many seconds. A scan at a door
# waits some fifty times, on SQLite with the database locked: with Python's 0.005 the queue of scans kept growing.
sys.setswitchinterval(0.0005)

application = get_wsgi_application()
if settings.TRUSTED_PROXIES:
    application = wrap_wsgi_with_proxy_headers(application, trusted_hosts=settings.TRUSTED_PROXIES)
