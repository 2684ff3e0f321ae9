from attendance.admin import looks, marking, people, register, results

__all__ = ["looks", "marking", "people", "register", "results"]
