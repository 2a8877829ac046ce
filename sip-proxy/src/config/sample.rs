//! The sample of the settings: every key with its default and a line on what it does.
//!
//! A test reads it back and compares it with the defaults, so that it cannot fall behind.

/// What `sip-proxy sample-config` prints.
pub(crate) const SAMPLE: &str = r#"# Settings of sip-proxy. Every key is optional but database.url; the values below are the defaults.
# An environment variable SIP_PROXY__SECTION__KEY goes before the file: SIP_PROXY__DATABASE__URL, SIP_PROXY__SIP__LISTEN …
# Check a file with: sip-proxy check-config --config FILE

[sip]
# UDP and TCP are opened on each of these addresses.
listen = ["127.0.0.1:5060"]
# TLS, WebSocket and secure WebSocket on each of these, for example ["192.0.2.1:5061", "[2001:db8::1]:5061"].
listen_tls = []
listen_ws = []
listen_wss = []
# Host names and addresses by which phones and peers reach this proxy; the first is written into Via and Record-Route.
# "10.0.0.5:5061=sip.example.com:5061" is for the listener at 10.0.0.5:5061 alone. Names are looked up again every minute.
# Empty: the address on which a message leaves. Needed when listening on a wildcard address.
advertised = []
# The name of this proxy in the stored registrations, unique among the proxies of one database. Empty: the host's name,
# and the address at which this proxy is reached.
node = ""
# Where the other proxies of this database send requests for phones whose connection is held here, as host:port. Empty: where phones reach
# this proxy.
relay = ""
# How they come there: tcp, tls (their certificates must be for that host) or udp.
relay_transport = "tcp"
# Phones over UDP that are behind a router are reached through the proxy that they registered with, whose address is the only one that the
# router lets in. false: all proxies send from one address.
relay_udp = true
# Threads that handle messages. 0: one a processor.
shards = 0
# Where the journal of registrations is kept until the database has them.
state_dir = "var/sip-proxy"
# Asked to end, the proxy begins nothing new (503 with Retry-After) and ends when what is under way has ended, but not later than this.
drain_s = 30

[tls]
# Files in PEM: the certificate with those above it, and its key. New ones are taken while connections go on. Empty: a self-signed
# certificate is made in the state directory. A SIP domain that has a certificate of its own shows that one.
certificate = ""
private_key = ""
# The authorities whose certificates are believed, PEM. Empty: those that browsers believe.
authorities = ""
# Of who connects: whether a certificate that it shows must be good, and whether it must show one. SIP domains say so for themselves.
verify_cert = false
require_cert = false
# Whether those that are connected to must show a good certificate with their name.
verify_server = true

[websocket]
# Pages from which a WebSocket may be opened, for example ["https://phone.example.com"]. Empty: all.
origins = []

[registrar]
# Lifetime of a registration that asks for none, and the bounds of what may be asked (423 below the smallest).
expires_default_s = 3600
expires_min_s = 60
expires_max_s = 7200
# Contacts of one address of record.
contacts_max = 10
# A Path is stored also for a phone that does not say that it supports it; otherwise its registration is refused with 420.
path_unsupported = false
# What a phone that registers puts into the Route of what it begins, for example ["<sip:proxy.example.com;lr>"]. Empty: nothing is told.
service_route = []
# Which algorithm a challenge offers first: MD5, since old phones look at the first one alone, or SHA-256.
challenge_first = "MD5"
# Watchers of registrations (SUBSCRIBE, Event: reg) at most.
watchers = 10000

[keep_alive]
# A connection that this proxy has opened and on which nothing comes for so long is asked for life; a peer that has ever answered must
# answer within 10 s. 0: never.
connections_s = 110
# How often a phone that registers with a flow of its own (outbound) must send something over it, as it is told; smaller than
# limits.tcp_idle_s. 0: it is told nothing.
flow_timer_s = 0
# What is sent to phones over UDP that are behind a router, so that it stays open: crlf, options (which the phone answers: some routers
# count only what comes from inside) or off; and how often, spread over that time.
udp = "crlf"
udp_s = 30

[routing]
# What is dialled for help: always allowed, and led to where emergency_mapping says for the caller's region.
emergency_numbers = ["112", "911"]
# Where mailboxes are, as host or host:port, for customers that name no voicemail_server of their own. Empty: there are none.
voicemail_server = ""
# What is dialled to hear one's messages, for customers that name no voicemail_access_number of their own. Empty: nothing.
voicemail_access_number = ""
# How long a gateway may say nothing before a call is offered to the next one.
gateway_patience_s = 5
# Contacts of one preference (q) ring together; how long until those of the next are tried as well.
preference_patience_s = 20
# Whether a redirection (3xx) by an account's own device is followed here. If not, the caller gets it.
follow_redirects = false
# The longest session interval (RFC 4028), which calls get that ask for none, so that lost ones end. 0: left to the phones.
session_expires_s = 0
# A shorter interval is refused with 422.
session_expires_min_s = 90

[limits]
tcp_connections = 16384
tcp_connections_per_source = 500
# A connection on which nothing comes for so long is closed.
tcp_idle_s = 3900
# A message that has begun must be complete within this time.
tcp_partial_message_s = 20
tcp_connect_timeout_ms = 4000
# What may wait for a peer that does not read; more closes the connection.
tcp_write_queue_bytes = 262144
# Messages that may wait for one shard.
inbox_messages = 4096
# When every message of the last 100 ms has waited longer than this, new requests are answered 503 with Retry-After: those of strangers
# first, then all. What belongs to a dialog or a transaction, and emergency calls, are always taken.
overload_ms = 50
# Transactions of all shards together.
transactions = 200000
# Accounts and aliases held in memory, absent ones too.
cached_accounts = 1000000
# Size of the journal of registrations while the database is away.
journal_bytes = 268435456

[abuse]
# What a source (an IPv4 address, an IPv6 /64) may send that no account has authenticated from; 0: any number. What is no SIP message, or
# names an account that there is not, counts tenfold.
source_messages_per_s = 200
source_burst = 1000
# Networks that are never limited.
unlimited = ["127.0.0.0/8", "::1"]
# Networks that are never banned: carriers and offices.
never_banned = []
# So many wrong answers to this proxy's own challenges within so long ban a source, for so long; 0: nobody is banned. An address from
# which an account has authenticated within exempt_after_authentication_s is not banned.
wrong_passwords = 20
wrong_passwords_within_s = 600
ban_s = 3600
exempt_after_authentication_s = 3600
# Bans in force, and sources that are remembered, at most.
bans = 50000
sources = 65536
# Beginnings of the User-Agent of tools that look for accounts and passwords: they get no answer.
scanners = ["friendly-scanner", "friendly-request", "sipvicious", "sipcli", "sip-scan", "sipsak-scan", "sundayddr", "vaxasip", "iwar"]

[database]
# The proxy's own role, for example postgres://sip_proxy:password@db.example.com/ngnpro. Required.
url = ""
loader_connections = 2
# Registrations are written in batches, at most so long after the phone was answered.
location_flush_ms = 200

[feed]
# Changes are looked for this often even if no wake-up came.
poll_interval_ms = 500

[dns]
# Servers that are asked for NAPTR, SRV and addresses of host names, as "192.0.2.53:53". Empty: those of the system.
servers = []

[http]
# /health, /ready, /metrics, /registrations. For operators only: never expose it to the outside.
listen = "127.0.0.1:5080"

[log]
# text or json
format = "text"
filter = "info,actix_server=warn"
# Callers and callees ("alice@example.com", "alice") whose calls are logged message by message. sip-proxy ctl capture --ladder does the
# same for a while.
ladders = []
"#;
