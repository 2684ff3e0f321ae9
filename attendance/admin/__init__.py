from attendance.admin import corrections, looks, marking, people, register, requests, results, roots, year_plan

__all__ = ["corrections", "looks", "marking", "people", "register", "requests", "results", "roots", "year_plan"]
