from attendance.admin import corrections, looks, marking, people, register, results, roots

__all__ = ["corrections", "looks", "marking", "people", "register", "results", "roots"]
