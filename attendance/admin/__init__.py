from attendance.admin import marking, register, results

__all__ = ["marking", "register", "results"]
