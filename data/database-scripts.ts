import { databaseContents } from "../components/lib/database-contents.ts";
import { quoted } from "../provider/processes/shell-word.ts";

// Shell scripts that run beside the database, where they may do everything with it.

/** The database on which a dump is tried. It never takes the place of another. */
const trial = "tried";

const inPostgres = `
in_postgres() {
  PGOPTIONS=--client-min-messages=warning psql --username=todo --dbname=postgres --quiet --set=ON_ERROR_STOP=1 "$@"
}
`;

/** A restore that was killed may have left the database closed. Its data are whole at every moment. */
const reopened = `${inPostgres}
in_postgres --command="ALTER DATABASE todo ALLOW_CONNECTIONS true" >&2
`;

export const backupScript = `${reopened}
exec pg_dump --username=todo --dbname=todo --format=custom
`;

/** Prints what is in a database. */
const countIn = (database: string): string => {
  const { command } = databaseContents("");
  return command.map((word) => quoted(word.replace("--dbname=todo", `--dbname=${database}`))).join(" ");
};

/** A dump of another application can be restored, and must take the place of nothing. Both are there from the start. */
const ofThisApplication = `
tables=$(in_postgres --dbname=restored --tuples-only --no-align \
  --command="SELECT count(to_regclass(name)) FROM unnest(ARRAY['users', 'todos']) AS name")
[ "$tables" = 2 ] || { echo "the backup is not one of this application: it has no table users, or none of todos" >&2; exit 1; }
`;

/** A dump that a restore has copied whole is marked by its name, so that nobody need restore it twice. */
export const restoreScript = (origin: string, contents: string | undefined): string => `${reopened}
for left in restored replaced; do in_postgres --command="DROP DATABASE IF EXISTS $left WITH (FORCE)"; done
in_postgres --command="CREATE DATABASE restored TEMPLATE template0"
pg_restore --username=todo --dbname=restored --no-owner --exit-on-error --single-transaction
${ofThisApplication}
[ "$(psql --username=todo --dbname=restored --tuples-only --no-align --command="SELECT count(*) FROM alembic_version")" = 1 ]
${contents === undefined ? "" : sameContents(contents)}
in_postgres --output=/dev/null --set=origin=${quoted(origin)} <<'SQL'
  COMMENT ON DATABASE restored IS :'origin';
SQL
trap 'in_postgres --command="ALTER DATABASE todo ALLOW_CONNECTIONS true"' EXIT
in_postgres --output=/dev/null <<SQL
  ALTER DATABASE todo ALLOW_CONNECTIONS false;
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('todo', 'restored');
  BEGIN;
  ALTER DATABASE todo RENAME TO replaced;
  ALTER DATABASE restored RENAME TO todo;
  COMMIT;
SQL
# The data are restored by now. What cannot be removed, the next restore removes.
in_postgres --command="DROP DATABASE replaced WITH (FORCE)" || true
`;

const sameContents = (contents: string): string => `
found=$(${countIn("restored")})
[ "$found" = ${quoted(contents)} ] || { echo "the backup should hold" ${quoted(contents)} "and holds $found" >&2; exit 1; }
`;

export const tryScript = `${inPostgres}
clean() { in_postgres --command="DROP DATABASE IF EXISTS ${trial} WITH (FORCE)"; }
clean
trap clean EXIT
in_postgres --command="CREATE DATABASE ${trial} TEMPLATE template0"
pg_restore --username=todo --dbname=${trial} --no-owner --exit-on-error --single-transaction
${countIn(trial)}
`;

export const factsScript = `${reopened}
in_postgres --tuples-only --no-align --command="SELECT system_identifier FROM pg_control_system()"
in_postgres --tuples-only --no-align \
  --command="SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = 'todo'"
${countIn("todo")}
`;

/** Sessions that are there keep the old setting, so they are ended. */
export const refuseScript = `${reopened}
in_postgres --output=/dev/null <<SQL
  ALTER DATABASE todo SET default_transaction_read_only = on;
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'todo' AND pid <> pg_backend_pid();
SQL
`;

/** Also takes away what a try of the backup has left that was killed. */
export const allowScript = `${reopened}
in_postgres --command="DROP DATABASE IF EXISTS ${trial} WITH (FORCE)"
in_postgres --output=/dev/null <<SQL
  ALTER DATABASE todo RESET default_transaction_read_only;
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'todo' AND pid <> pg_backend_pid();
SQL
`;
