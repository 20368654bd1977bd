r"""What the search looks at: one column with title, notes and tags, without case and accents.

The database fills it by a trigger, so that todos written by pods of the release before are found too. Todos that are
there already are filled by `app.wait_for_database` after this migration: here it would hold a lock that stops reads.

The functions need no extension: an external database may have none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# Accents (Latin, Greek, Cyrillic), points of Hebrew and Arabic, and characters that nobody sees: soft hyphens, joiners,
# directions, variants of emoji.
_IGNORED = (
    r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    r"\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670"
    r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]"
)
# Letters that Unicode does not take apart, and the quotes and dashes that phones put in place of the plain ones.
_ALIKE = {
    **dict(zip("øłđðħŧı\u03c2", "olddhti\u03c3", strict=True)),
    **dict.fromkeys("\u2018\u2019\u02bc", "''"),
    **dict.fromkeys("\u201c\u201d\u201e", '"'),
    **dict.fromkeys("\u2010\u2013\u2014\u2212", "-"),
}
_SEVERAL = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    run(
        "CREATE OR REPLACE FUNCTION fold_for_search(value text) RETURNS text"
        f" LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT {_folded('value')} $$"
    )
    # No word spans two lines, and no text is empty, which would be like a pattern without a word.
    run(
        "CREATE OR REPLACE FUNCTION todo_search_text(title text, notes text, tags text[]) RETURNS text"
        " LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS"
        r" $$ SELECT fold_for_search(title || E'\n' || notes || E'\n' || array_to_string(tags, E'\n')) $$"
    )
    op.add_column("todos", sa.Column("search_text", sa.Text(), nullable=True))
    run(
        "CREATE OR REPLACE FUNCTION set_todo_search_text() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN NEW.search_text := todo_search_text(NEW.title, NEW.notes, NEW.tags); RETURN NEW; END $$"
    )
    run(
        "CREATE TRIGGER todos_search_text BEFORE INSERT OR UPDATE OF title, notes, tags ON todos"
        " FOR EACH ROW EXECUTE FUNCTION set_todo_search_text()"
    )


def _folded(value: str) -> str:
    if _scalar("SELECT getdatabaseencoding()") != "UTF8":
        return f"lower({value})"  # Such a database holds few letters, and PostgreSQL takes them apart in UTF-8 alone.
    folded = f"lower(regexp_replace(normalize({value}, NFKD), '{_IGNORED}', '', 'g'){_collation()})"
    folded = f"translate({folded}, '{''.join(_ALIKE)}', '{''.join(_ALIKE.values())}')"
    for letter, letters in _SEVERAL.items():
        folded = f"replace({folded}, '{letter}', '{letters}')"
    return folded


def _collation() -> str:
    """Return one that knows the letters of all languages, which the database's own may not."""
    name = _scalar("SELECT min(collname) FROM pg_collation WHERE collname IN ('pg_c_utf8', 'und-x-icu')")
    return f' COLLATE "{name}"' if name else ""


def _scalar(query: str) -> object:
    return op.get_bind().exec_driver_sql(query).scalar()
