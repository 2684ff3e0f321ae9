from courses.admin import courses, log, offices, people, plan, registrations, rosters, tasks, trainees, transfers

__all__ = ["courses", "log", "offices", "people", "plan", "registrations", "rosters", "tasks", "trainees", "transfers"]
