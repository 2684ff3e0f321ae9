from attendance.admin import marking

__all__ = ["marking"]
