"""Every todo as JSON, as the API shows it, in a column: a list is read far more often than a todo changes.

The database fills it by a trigger, so that it is right after changes by pods of the release before, too. Todos that are
there already are filled by `app.wait_for_database` after this migration: here it would hold a lock that stops reads.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

# `row_to_json` looks up the type of each value anew, and takes a third longer. `to_json` does so for one value, and is
# for what needs it alone. A zone is looked up by its name, too. `concat` writes nothing for NULL.
_TODO = """concat(
    '{"id":"', todo.id, '","title":', to_json(todo.title), ',"notes":', to_json(todo.notes),
    ',"done":', todo.done::text, ',"priority":', todo.priority,
    ',"due_date":', coalesce(to_json(todo.due_date), 'null'),
    ',"due_time":', coalesce(to_json(left(todo.due_time::text, 5)), 'null'), ',"tags":', to_json(todo.tags),
    ',"recurrence":', coalesce(to_json(coalesce('FREQ=' || upper(todo.recurrence), todo.repeat_rule)), 'null'),
    ',"repeat_from":"', todo.repeat_from, '","position":', todo.position, ',"version":', todo.version,
    ',"created_at":"', to_char(todo.created_at AT TIME ZONE interval '0', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    '","updated_at":"', to_char(todo.updated_at AT TIME ZONE interval '0', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '"}'
  )"""


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    op.add_column("todos", sa.Column("json", sa.Text(), nullable=True))
    run(
        "CREATE OR REPLACE FUNCTION todo_json(todo todos) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE"
        f" AS $$ SELECT {_TODO} $$"
    )
    run(
        "CREATE OR REPLACE FUNCTION set_todo_json() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN NEW.json := todo_json(NEW); RETURN NEW; END $$"
    )
    run("CREATE TRIGGER todos_json BEFORE INSERT OR UPDATE ON todos FOR EACH ROW EXECUTE FUNCTION set_todo_json()")
