from attendance.admin import corrections, marking, people, register, results

__all__ = ["corrections", "marking", "people", "register", "results"]
