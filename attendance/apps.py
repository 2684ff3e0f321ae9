from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttendanceConfig(AppConfig):
    name = "attendance"
    verbose_name = _("Attendance and certificates")

    def ready(self):
        import attendance.guards
        import attendance.tasks.housekeeping  # noqa: F401 - says what falls due
        from attendance.services.rescheduling import follow_half_day
        from attendance.services.sheets import end_record
        from courses.services.plan import class_concludes
        from courses.services.schedule import half_day_changed

        class_concludes.connect(end_record, dispatch_uid="attendance ends with the class")
        half_day_changed.connect(follow_half_day, dispatch_uid="attendance follows the plan")
