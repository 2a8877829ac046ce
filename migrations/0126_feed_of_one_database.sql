-- Numbers of transactions are the whole cluster's, and what a transaction of another database does concerns no reader of this one.

-- Below this number nothing of this database can appear any more, as far as the statement's own snapshot goes: the oldest that
-- runs and is not known to be another database's. One that ended meanwhile, or is prepared, is known to be nobody's and counts.
CREATE FUNCTION ngnpro_settled() RETURNS xid8
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(
        (SELECT min(running) FROM pg_snapshot_xip(pg_current_snapshot()) AS running
         WHERE NOT EXISTS (
             SELECT FROM pg_locks AS held JOIN pg_stat_activity AS other ON other.pid = held.pid
             WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock' AND held.granted
               AND held.transactionid = running::xid
               AND other.datid <> (SELECT oid FROM pg_database WHERE datname = current_database())
         )),
        pg_snapshot_xmax(pg_current_snapshot()));
END;
GRANT EXECUTE ON FUNCTION ngnpro_settled() TO ngnpro_server;
