"""The addresses of the plan."""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from django.urls import include, path

from courses.views import public
from courses.views.confirming import CodeAgainView, PasswordAgainView
from courses.views.invitations import InvitationView

app_name = "courses"

urlpatterns = [
    path("", public.home, name="home"),
    path("courses/<slug:code>/", public.course, name="course"),
    path("courses/<slug:code>/calendar.ics", public.calendar, name="calendar"),
    path("courses/<slug:code>/timetable.png", public.timetable_picture, name="timetable_picture"),
    path("courses/<slug:code>/materials/<int:pk>/", public.material, name="material"),
    path("accounts/invitation/<str:token>/", InvitationView.as_view(), name="invitation"),
]

#: What is used of allauth, under its own names. Nobody signs up or resets a password by e-mail: a new invitation does
#: both, also for those without e-mail, and there is nothing by which accounts could be guessed.
account_urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("reauthenticate/", PasswordAgainView.as_view(), name="account_reauthenticate"),
    path("2fa/", second_factor.index, name="mfa_index"),
    path("2fa/authenticate/", second_factor.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", CodeAgainView.as_view(), name="mfa_reauthenticate"),
    path("2fa/totp/", include("allauth.mfa.totp.urls")),
    path("2fa/recovery-codes/", include("allauth.mfa.recovery_codes.urls")),
]
