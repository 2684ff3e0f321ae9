"""Every address of the site. The plan's and the record's own addresses stand in their `urls` modules."""

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from courses.urls import account_urlpatterns
from courses.views import probes

urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    # No form token: another site could do no more than change the language. Own pages tell nobody where one comes from,
    # not this site either (no-referrer), and in the browser inside Zalo there may be no cookie: Django would refuse.
    path("language/setlang/", csrf_exempt(set_language), name="set_language"),
    path("admin/", admin.site.urls),
    path("accounts/", include(account_urlpatterns)),
    path("", include("courses.urls")),
    path("", include("attendance.urls")),
]
