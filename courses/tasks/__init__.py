"""Long work, done by `manage.py work`, a module a noun.

A task is a function under `@task()` that takes ids only (never personal data: arguments are stored in the clear), calls
a service and is harmless when run again. Who wants it done writes the row that the task will find and enqueues it in
the same transaction, so that neither is there without the other:

    with transaction.atomic():
        batch = take_in_roster(…)
        read_roster_file.enqueue(batch.pk)

What is to be put in order when a task is given up for good is said beside it, in `WHEN_GIVEN_UP`.
"""
