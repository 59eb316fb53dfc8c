"""One PostgreSQL for all tests: DATABASE_URL's, or an embedded one that lives as long as the session."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banli.config.settings")
os.environ.pop("BANLI_DATA", None)
django.setup()
