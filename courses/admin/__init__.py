from courses.admin import people

__all__ = ["people"]
