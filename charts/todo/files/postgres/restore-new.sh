# shellcheck shell=sh
# Makes the database of the new version from the dump, with the programs of the new version. It gets its name when it is complete: a
# run that was killed begins again.
[ ! -s "$PGDATA/PG_VERSION" ] || exit 0
rm -rf "$PGDATA.part"
initdb --pgdata="$PGDATA.part" --username=todo --pwfile="$POSTGRES_PASSWORD_FILE" --auth-local=trust --auth-host=scram-sha-256
echo "host all all all scram-sha-256" >>"$PGDATA.part/pg_hba.conf"
pg_ctl --pgdata="$PGDATA.part" --wait --options="-c listen_addresses= -c unix_socket_directories=/tmp" start
createdb --host=/tmp --username=todo todo
pg_restore --host=/tmp --username=todo --dbname=todo --no-owner --exit-on-error "$DUMP"
vacuumdb --host=/tmp --username=todo --analyze-only --quiet todo
pg_ctl --pgdata="$PGDATA.part" --wait stop
mv "$PGDATA.part" "$PGDATA"
rm "$DUMP"
