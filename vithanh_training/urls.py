"""Every address of the site. The plan's and the record's own addresses stand in their `urls` modules."""

from django.contrib import admin
from django.urls import include, path

from courses.urls import account_urlpatterns
from courses.views import probes

urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("language/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("accounts/", include(account_urlpatterns)),
    path("", include("courses.urls")),
    path("", include("attendance.urls")),
]
