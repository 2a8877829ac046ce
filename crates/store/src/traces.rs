//! What the platform recorded of dialogs, as the JSON documents of the contract: the database writes them, so that an
//! empty list stays a list and an empty object an object.

use domain::Refusal;

use crate::{StoreError, Tx};

/// Names one dialog; what is empty does not constrain, but for the Call-ID.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dialog {
    /// The address of the proxy that handled it.
    pub node: String,
    /// Its Call-ID.
    pub call_id: String,
    /// A tag of it.
    pub from_tag: String,
    /// The other tag.
    pub to_tag: String,
}

/// The SIP messages of a dialog in the order of their times; requests of either side are of it, and those that came before
/// there was a second tag.
pub async fn sip_messages(tx: &mut Tx, dialog: &Dialog, most: u32) -> Result<String, StoreError> {
    let json = sqlx::query_scalar!(
        r#"SELECT coalesce(json_agg(json_build_object(
                      'id', id, 'time_stamp', to_char(seen, 'YYYY-MM-DD HH24:MI:SS'), 'from_ip', from_ip,
                      'to_ip', to_ip, 'direction', direction, 'method', method, 'status', status, 'message', message)
                      ORDER BY seen, id), '[]')::text AS "json!"
           FROM (SELECT * FROM sip_trace_messages
                 WHERE call_id = $1 AND ($2 = '' OR node = $2)
                   AND ($3 = '' OR from_tag = $3 OR to_tag = $3)
                   AND ($4 = '' OR from_tag = $4 OR to_tag IN ($4, ''))
                 ORDER BY seen, id LIMIT $5) AS messages"#,
        dialog.call_id,
        dialog.node,
        dialog.from_tag,
        dialog.to_tag,
        i64::from(most)
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(json)
}

/// The media of a dialog.
pub async fn media_trace(tx: &mut Tx, dialog: &Dialog) -> Result<String, StoreError> {
    sqlx::query_scalar!(
        r#"SELECT json_build_object(
               'duration', greatest(ceil(extract(epoch FROM coalesce(s.stop_time, now()) - s.start_time))::bigint, 1),
               'streams', (
                   SELECT coalesce(json_agg(json_build_object(
                       'media_type', media_type, 'start_time', m.start_time,
                       'end_time', coalesce(end_time,
                                            ceil(extract(epoch FROM coalesce(s.stop_time, now()) - s.start_time))::integer),
                       'timeout_wait', timeout_wait, 'status', status, 'caller_codec', caller_codec,
                       'caller_local', caller_local, 'callee_local', callee_local, 'caller_remote', caller_remote,
                       'callee_remote', callee_remote, 'caller_packets', caller_packets,
                       'callee_packets', callee_packets, 'caller_bytes', caller_bytes, 'callee_bytes', callee_bytes)
                       ORDER BY position), '[]')
                   FROM media_streams AS m WHERE m.session_id = s.id))::text AS "json!"
           FROM media_sessions AS s
           WHERE s.call_id = $1 AND ($2 = '' OR s.node = $2)
             AND ($3 = '' OR s.from_tag = $3) AND ($4 = '' OR s.to_tag IN ($4, ''))
           ORDER BY s.start_time DESC, s.id DESC LIMIT 1"#,
        dialog.call_id,
        dialog.node,
        dialog.from_tag,
        dialog.to_tag
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::MediaSessionNotFound(dialog.call_id.clone()).into())
}

/// The media sessions that run, oldest first.
pub async fn media_sessions(tx: &mut Tx, most: u32) -> Result<String, StoreError> {
    let json = sqlx::query_scalar!(
        r#"SELECT coalesce(json_agg(json_build_object(
                      'from_uri', from_uri, 'to_uri', to_uri, 'call_id', call_id, 'caller_ua', caller_ua,
                      'callee_ua', callee_ua, 'duration', extract(epoch FROM now() - start_time)::bigint,
                      'streams', (
                          SELECT coalesce(json_agg(json_build_object(
                              'media_type', media_type, 'status', status, 'caller_codec', caller_codec,
                              'timeout_wait', timeout_wait, 'caller_local', caller_local, 'callee_local', callee_local,
                              'caller_remote', caller_remote, 'callee_remote', callee_remote,
                              'caller_bytes', caller_bytes, 'callee_bytes', callee_bytes) ORDER BY position), '[]')
                          FROM media_streams WHERE session_id = running.id))
                      ORDER BY start_time, id), '[]')::text AS "json!"
           FROM (SELECT * FROM media_sessions WHERE stop_time IS NULL ORDER BY start_time, id LIMIT $1) AS running"#,
        i64::from(most)
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(json)
}

/// The media relays with what runs through each.
pub async fn media_summary(tx: &mut Tx) -> Result<String, StoreError> {
    let json = sqlx::query_scalar!(
        r#"SELECT coalesce(json_agg(json_build_object(
                      'ip', ip, 'version', version, 'uptime', extract(epoch FROM now() - started)::bigint,
                      'bps_relayed', bps_relayed, 'status', status,
                      'session_count', (SELECT count(*) FROM media_sessions WHERE relay = ip AND stop_time IS NULL),
                      'stream_count', (
                          SELECT coalesce(json_object_agg(media_type, streams), '{}') FROM (
                              SELECT media_type, count(*) AS streams
                              FROM media_streams AS m JOIN media_sessions AS s ON s.id = m.session_id
                              WHERE s.relay = ip AND s.stop_time IS NULL GROUP BY media_type ORDER BY media_type
                          ) AS counted))
                      ORDER BY ip), '[]')::text AS "json!"
           FROM media_relays"#
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(json)
}
