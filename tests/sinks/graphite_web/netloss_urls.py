# SPDX-License-Identifier: MIT
"""Addresses: graphite-web's own; its static files, otherwise left to a web
server; and /netloss, the page with the graphs."""
from django.conf import settings
from django.urls import path, re_path
from django.views.static import serve
from graphite.urls import urlpatterns as graphite_urls

urlpatterns = [
    path("netloss", serve, {"document_root": settings.STORAGE_DIR,
                            "path": "graphs.html"}),
    re_path("^static/(?P<path>.*)$", serve,
            {"document_root": settings.STATIC_ROOT}),
] + graphite_urls
