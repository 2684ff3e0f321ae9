from attendance.admin import marking, people, register, results, roots

__all__ = ["marking", "people", "register", "results", "roots"]
