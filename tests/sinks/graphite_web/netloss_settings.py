# SPDX-License-Identifier: MIT
"""Settings of a graphite-web that keeps everything in one folder."""
import os
import secrets

from graphite.app_settings import *  # noqa: F401,F403

FOLDER = os.environ["NETLOSS_GRAPHITE"]

ROOT_URLCONF = "netloss_urls"
GRAPHITE_ROOT = "/usr/share/graphite-web"
STATIC_ROOT = "/usr/share/graphite-web/static"
CONF_DIR = FOLDER + "/conf"
STORAGE_DIR = FOLDER
WHISPER_DIR = FOLDER + "/whisper"
LOG_DIR = FOLDER + "/log"
LOG_ROTATION = False
SECRET_KEY = secrets.token_hex()
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
CARBONLINK_HOSTS = ["127.0.0.1:" + os.environ["NETLOSS_QUERY_PORT"]]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER + "/graphite.db",
    }
}

# Cache for a second only: the tests look for values that are seconds old.
FIND_CACHE_DURATION = 1
DEFAULT_CACHE_DURATION = 1
