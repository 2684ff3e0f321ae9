"""The addresses of the record."""

from django.urls import path

from attendance.views import (
    door,
    feed,
    here,
    office,
    office_answer,
    office_naming,
    office_paper,
    office_upload,
    trainee,
    verify,
)

app_name = "attendance"

urlpatterns = [
    path("my/<str:token>/", trainee.page, name="trainee"),
    path("my/<str:token>/here/", trainee.here, name="trainee_here"),
    path("my/<str:token>/certificates/<str:code>/", trainee.certificate, name="own_certificate"),
    path("my/<str:token>/certificates/<str:code>/ask/", trainee.ask, name="own_certificate_ask"),
    path("my/<str:token>/passes/<int:registration>.png", trainee.pass_picture, name="own_pass"),
    path("p/<str:code>/", trainee.pass_page, name="pass"),
    path("calendar/<str:code>.ics", feed.feed, name="feed"),
    path("sw.js", door.service_worker, name="service_worker"),
    path("check-in/", door.shell, name="door_shell"),
    path("check-in/<str:token>/", door.page, name="door"),
    path("check-in/<str:token>/people", door.people, name="door_people"),
    path("check-in/<str:token>/scans", door.scans, name="door_scans"),
    path("here/", here.form, name="here"),
    path("here/who/", here.who, name="here_who"),
    path("here/screen/", here.screen_again, name="here_screen_again"),
    path("here/screen/<str:token>/", here.screen, name="here_screen"),
    path("here/screen/<str:token>/now", here.screen_now, name="here_screen_now"),
    path("here/<str:code>/", here.code, name="here_code"),
    path("verify/", verify.form, name="verify_form"),
    path("verify/file/", verify.file, name="verify_file"),
    path("verify/old/", verify.old_paper, name="verify_old"),
    path("verify/<str:code>/", verify.certificate, name="verify"),
    path("office/", office.own_offices, name="own_offices"),
    path("office/<str:token>/", office.Overview.as_view(), name="office"),
    path("office/<str:token>/name/", office_naming.Name.as_view(), name="office_name"),
    path("office/<str:token>/name/new/", office_naming.NameSomebodyNew.as_view(), name="office_new_person"),
    path("office/<str:token>/withdraw/<int:pk>/", office_naming.Withdraw.as_view(), name="office_withdraw"),
    path("office/<str:token>/replace/<int:pk>/", office_naming.Replace.as_view(), name="office_replace"),
    path("office/<str:token>/absence/<int:pk>/", office_naming.ReportAbsence.as_view(), name="office_absence"),
    path("office/<str:token>/certificate/<int:pk>/", office_paper.AskCorrection.as_view(), name="office_certificate"),
    path("office/<str:token>/list/", office_answer.PrintList.as_view(), name="office_list"),
    path("office/<str:token>/answer/", office_answer.Send.as_view(), name="office_answer"),
    path("office/<str:token>/answer/copy/", office_answer.SignedCopy.as_view(), name="office_copy"),
    path("office/<str:token>/nobody/", office_answer.SendNobody.as_view(), name="office_nobody"),
    path("office/<str:token>/template/", office_upload.Template.as_view(), name="office_template"),
    path("office/<str:token>/upload/", office_upload.Upload.as_view(), name="office_upload"),
    path("office/<str:token>/upload/<int:pk>/", office_upload.Preview.as_view(), name="office_preview"),
    path("office/<str:token>/upload/<int:pk>/columns/", office_upload.Columns.as_view(), name="office_columns"),
]
