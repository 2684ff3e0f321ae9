from django.contrib.admin.apps import AdminConfig


class TrainingAdminConfig(AdminConfig):
    default_site = "vithanh_training.admin_site.TrainingAdminSite"
