from attendance.admin import marking, people, register, results

__all__ = ["marking", "people", "register", "results"]
