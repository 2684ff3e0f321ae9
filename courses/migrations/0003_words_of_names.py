"""An index of the words of trainees' names, so that PostgreSQL finds people by the beginnings of words.

Nothing but what PostgreSQL itself brings: no extension. SQLite needs none, its search reads the keys.
"""

from django.db import migrations

WORDS = "array_to_tsvector(array_remove(string_to_array(search_key, ' '), ''))"


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        # Without the list of pending entries: a search right after an import of thousands must not read them one by one.
        schema_editor.execute(
            f"CREATE INDEX trainee_words_of_name ON courses_trainee USING gin (({WORDS})) WITH (fastupdate = off)"
        )


def take_away(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS trainee_words_of_name")


class Migration(migrations.Migration):
    dependencies = [("courses", "0002_lists_answers_merges_and_tasks")]

    operations = [migrations.RunPython(make, take_away, elidable=False)]
