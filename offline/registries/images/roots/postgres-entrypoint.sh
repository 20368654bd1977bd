#!/bin/sh
# Makes the database on the first start, then runs PostgreSQL. Honours what this stack uses of the official image:
# POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD (each also as a file, NAME_FILE) and PGDATA; started as root, it
# goes on as the user postgres.
set -eu

# setting NAME DEFAULT: the value of NAME, or of the file named by NAME_FILE.
setting() {
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  # shellcheck disable=SC2154 # assigned by eval
  if [ -n "$value" ] && [ -n "$file" ]; then
    echo "error: both $1 and $1_FILE are set" >&2
    exit 1
  fi
  if [ -n "$file" ]; then value=$(cat "$file"); fi
  printf %s "${value:-$2}"
}

make_database() {
  user=$(setting POSTGRES_USER postgres)
  database=$(setting POSTGRES_DB "$user")
  password=$(setting POSTGRES_PASSWORD "")
  if [ -z "$password" ]; then
    echo "error: set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE" >&2
    exit 1
  fi
  umask 077
  password_file=$(mktemp)
  printf '%s\n' "$password" > "$password_file"
  initdb --username="$user" --pwfile="$password_file" --auth-local=trust --auth-host=scram-sha-256
  rm -f "$password_file"
  printf 'host all all all scram-sha-256\n' >> "$PGDATA/pg_hba.conf"
  if [ "$database" != postgres ]; then
    printf 'CREATE DATABASE "%s" OWNER "%s"\n' "$database" "$user" | postgres --single -j -D "$PGDATA" postgres >/dev/null
  fi
}

case ${1:-} in -*) set -- postgres "$@" ;; esac

if [ "${1:-}" = postgres ]; then
  mkdir -p "$PGDATA"
  if [ "$(id -u)" = 0 ]; then
    chown -R postgres "$PGDATA" /run/postgresql
    # shellcheck disable=SC2016 # the inner shell expands them
    exec su -s /bin/sh postgres -c 'exec "$0" "$@"' -- "$0" "$@"
  fi
  chmod 700 "$PGDATA" || true
  if [ ! -s "$PGDATA/PG_VERSION" ]; then make_database; fi
fi

exec "$@"
