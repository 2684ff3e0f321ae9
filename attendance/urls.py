"""The addresses of the record."""

from django.urls import path

from attendance.views import office, trainee, verify

app_name = "attendance"

urlpatterns = [
    path("my/<str:token>/", trainee.page, name="trainee"),
    path("my/<str:token>/certificates/<str:code>/", trainee.certificate, name="own_certificate"),
    path("p/<str:code>/", trainee.pass_page, name="pass"),
    path("verify/", verify.form, name="verify_form"),
    path("verify/<str:code>/", verify.certificate, name="verify"),
    path("office/", office.own_offices, name="own_offices"),
    path("office/<str:token>/", office.page, name="office"),
]
