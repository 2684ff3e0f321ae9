from courses.admin import courses, log, offices, people, plan, registrations, rosters, tasks, trainees

__all__ = ["courses", "log", "offices", "people", "plan", "registrations", "rosters", "tasks", "trainees"]
