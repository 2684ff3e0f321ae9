from attendance.admin import corrections, looks, marking, people, register, requests, results, roots

__all__ = ["corrections", "looks", "marking", "people", "register", "requests", "results", "roots"]
