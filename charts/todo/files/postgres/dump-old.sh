# shellcheck shell=sh
# Dumps the database of the version before, with the programs of that version. FROM: its folder. PGDATA: the folder of the new
# version. DUMP: the file. What was there stays as it is, so the way back is open.
[ ! -s "$PGDATA/PG_VERSION" ] || exit 0
[ ! -s "$DUMP" ] || exit 0
if [ ! -s "$FROM/PG_VERSION" ]; then
  echo "There is no database in $FROM, so there is nothing to move. Set postgres.upgrade.folder to its folder, or leave postgres.upgrade out." >&2
  exit 1
fi
pg_ctl --pgdata="$FROM" --wait --options="-c listen_addresses= -c unix_socket_directories=/tmp" start
pg_dump --host=/tmp --username=todo --format=custom --no-owner --file="$DUMP.part" todo
pg_ctl --pgdata="$FROM" --wait stop
mv "$DUMP.part" "$DUMP"
