from attendance.admin import looks, marking, people, register, results, roots

__all__ = ["looks", "marking", "people", "register", "results", "roots"]
