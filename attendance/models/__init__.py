from attendance.models.ledger import Event, Mark, Sheet
from attendance.models.register import Certificate, Completion, CourseRule, RegisterBook

__all__ = ["Certificate", "Completion", "CourseRule", "Event", "Mark", "RegisterBook", "Sheet"]
