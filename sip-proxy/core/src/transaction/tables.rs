//! The tables of transactions: making, finding, driving and ending them.

use std::collections::VecDeque;
use std::collections::hash_map::{Entry, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use smallvec::SmallVec;

use crate::command::Command;
use crate::flow::{ConnectionId, Flow};
use crate::hashing::{NumberMap, give_back};
use crate::settings::Settings;
use crate::timer::{Due, Timers};
use crate::transaction::client::{Client, ClientInput, ClientOutcome};
use crate::transaction::effects::Effects;
use crate::transaction::invite_client::InviteClient;
use crate::transaction::invite_server::InviteServer;
use crate::transaction::key::{KeySecret, ServerKey};
use crate::transaction::server::{Server, ServerInput, ServerOutcome};
use crate::transaction::slab::Slab;
use crate::transaction::user::{Owner, TuEvent};
use crate::transaction::{ClientId, Full, OutgoingRequest, ServerId, TransactionId, branch};

/// All transactions of a shard, with its timers and its outgoing commands.
pub(crate) struct Transactions {
    pub(super) settings: Arc<Settings>,
    pub(super) secret: KeySecret,
    rng: StdRng,
    pub(crate) timers: Timers,
    pub(crate) commands: VecDeque<Command>,
    pub(super) asked: u64,
    pub(super) overloaded: bool,
    pub(super) silent: bool,
    servers: Slab<ServerEntry>,
    servers_by_key: NumberMap<ServerKey, ServerId>,
    /// How many server transactions each address has.
    sources: HashMap<IpAddr, usize>,
    clients: Slab<ClientEntry>,
    clients_by_number: NumberMap<u64, ClientId>,
    /// Those that were sent over connections, by the other end.
    clients_by_remote: HashMap<SocketAddr, SmallVec<[ClientId; 2]>>,
}

/// A server transaction: where answers go, and its machine.
pub(super) struct ServerEntry {
    key: ServerKey,
    pub(super) flow: Flow,
    pub(super) machine: ServerMachine,
}

pub(super) enum ServerMachine {
    Invite(InviteServer),
    Other(Server),
}

impl ServerMachine {
    pub(super) fn is_unanswered(&self) -> bool {
        matches!(
            self,
            ServerMachine::Invite(InviteServer::Proceeding { provisional: None })
                | ServerMachine::Other(Server::Trying)
        )
    }

    pub(super) fn awaits_final(&self) -> bool {
        matches!(
            self,
            ServerMachine::Invite(InviteServer::Proceeding { .. })
                | ServerMachine::Other(Server::Trying | Server::Proceeding { .. })
        )
    }
}

/// A client transaction: where it was sent, whose it is, and its machine.
pub(super) struct ClientEntry {
    number: u64,
    flow: Flow,
    /// None: nobody is told anything.
    pub(super) owner: Option<Owner>,
    /// Whether it was sent again because its connection ended.
    moved: bool,
    machine: ClientMachine,
}

enum ClientMachine {
    Invite(InviteClient),
    Other(Client),
}

impl ClientEntry {
    /// Where it was sent.
    pub(super) fn flow(&self) -> Flow {
        self.flow
    }

    /// The request, while it is still repeated.
    pub(super) fn unheard(&self) -> Option<&Bytes> {
        match &self.machine {
            ClientMachine::Invite(InviteClient::Calling { request, .. })
            | ClientMachine::Other(Client::Trying { request, .. } | Client::Proceeding { request }) => Some(request),
            ClientMachine::Invite(_) | ClientMachine::Other(Client::Completed) => None,
        }
    }

    pub(super) fn is_invite(&self) -> bool {
        matches!(self.machine, ClientMachine::Invite(_))
    }
}

impl Transactions {
    pub(crate) fn new(settings: Arc<Settings>, seed: u64) -> Transactions {
        let mut rng = StdRng::seed_from_u64(seed);
        let secret = KeySecret::new([rng.next_u64(), rng.next_u64(), rng.next_u64()]);
        Transactions {
            settings,
            secret,
            rng,
            timers: Timers::new(),
            commands: VecDeque::new(),
            asked: 0,
            overloaded: false,
            silent: false,
            servers: Slab::new(),
            servers_by_key: NumberMap::default(),
            sources: HashMap::new(),
            clients: Slab::new(),
            clients_by_number: NumberMap::default(),
            clients_by_remote: HashMap::new(),
        }
    }

    /// A random number, from the seed that the core was given.
    pub(crate) fn random(&mut self) -> u64 {
        self.rng.next_u64()
    }

    /// How many transactions there are.
    pub(crate) fn len(&self) -> usize {
        self.servers.len() + self.clients.len()
    }

    /// Whether another transaction would be one too many.
    pub(super) fn is_full(&self) -> bool {
        self.len() >= self.settings.transactions_max
    }

    fn is_crowded(&self) -> bool {
        self.len() > self.settings.transactions_max / 8
    }

    /// Whether this address has as many transactions as one may have.
    pub(super) fn is_full_for(&self, source: IpAddr) -> bool {
        self.sources.get(&source).is_some_and(|count| *count >= self.settings.transactions_per_source_max)
    }

    pub(super) fn server(&self, txn: ServerId) -> Option<&ServerEntry> {
        self.servers.get(txn.0)
    }

    pub(super) fn server_of(&self, key: ServerKey) -> Option<ServerId> {
        self.servers_by_key.get(&key).copied()
    }

    pub(super) fn client(&self, txn: ClientId) -> Option<&ClientEntry> {
        self.clients.get(txn.0)
    }

    pub(super) fn client_mut(&mut self, txn: ClientId) -> Option<&mut ClientEntry> {
        self.clients.get_mut(txn.0)
    }

    pub(super) fn client_of(&self, number: u64) -> Option<ClientId> {
        self.clients_by_number.get(&number).copied()
    }

    pub(super) fn make_server(&mut self, key: ServerKey, flow: Flow, invite: bool) -> ServerId {
        let machine = match invite {
            true => ServerMachine::Invite(InviteServer::new()),
            false => ServerMachine::Other(Server::new()),
        };
        let id = ServerId(self.servers.insert(ServerEntry { key, flow, machine }));
        self.servers_by_key.insert(key, id);
        *self.sources.entry(flow.remote.ip()).or_default() += 1;
        id
    }

    pub(super) fn remove_server(&mut self, txn: ServerId) -> Option<ServerEntry> {
        let server = self.servers.remove(txn.0)?;
        self.servers_by_key.remove(&server.key);
        give_back(&mut self.servers_by_key);
        if let Entry::Occupied(mut source) = self.sources.entry(server.flow.remote.ip()) {
            *source.get_mut() -= 1;
            if *source.get() == 0 {
                source.remove();
            }
        }
        Some(server)
    }

    /// Sends a response again over another way, which further responses of the transaction take as well.
    pub(super) fn resend(&mut self, txn: ServerId, flow: Flow, bytes: Bytes) {
        if let Some(server) = self.servers.get_mut(txn.0) {
            server.flow = flow;
        }
        self.commands.push_back(Command::Send { flow, bytes, origin: Some(TransactionId::Server(txn)) });
    }

    /// Lets a server transaction hear something; ends it when it says so.
    pub(super) fn drive_server(&mut self, now: Instant, txn: ServerId, input: ServerInput) -> ServerOutcome {
        let crowded = self.is_crowded();
        let Some(server) = self.servers.get_mut(txn.0) else { return ServerOutcome::Quiet };
        let mut effects = Effects {
            now,
            id: TransactionId::Server(txn),
            flow: server.flow,
            values: &self.settings.timers,
            crowded,
            timers: &mut self.timers,
            commands: &mut self.commands,
        };
        let outcome = match &mut server.machine {
            ServerMachine::Invite(machine) => machine.handle(input, &mut effects),
            ServerMachine::Other(machine) => machine.handle(input, &mut effects),
        };
        if matches!(outcome, ServerOutcome::Ended | ServerOutcome::EndedUnheard) {
            self.remove_server(txn);
        }
        outcome
    }

    pub(super) fn start_client(
        &mut self,
        now: Instant,
        flow: Flow,
        number: u64,
        request: OutgoingRequest,
        owner: Option<Owner>,
    ) -> Result<ClientId, Full> {
        if self.is_full() {
            return Err(Full);
        }
        let crowded = self.is_crowded();
        // The machine sends as it starts, and must know its own name to do so.
        let placeholder = ClientMachine::Other(Client::Completed);
        let id = ClientId(self.clients.insert(ClientEntry { number, flow, owner, moved: false, machine: placeholder }));
        self.clients_by_number.insert(number, id);
        if flow.transport.is_reliable() {
            self.clients_by_remote.entry(flow.remote).or_default().push(id);
        }
        let mut effects = Effects {
            now,
            id: TransactionId::Client(id),
            flow,
            values: &self.settings.timers,
            crowded,
            timers: &mut self.timers,
            commands: &mut self.commands,
        };
        let machine = match request.invite {
            true => ClientMachine::Invite(InviteClient::start(request.bytes, &mut effects)),
            false => ClientMachine::Other(Client::start(request.bytes, &mut effects)),
        };
        if let Some(client) = self.clients.get_mut(id.0) {
            client.machine = machine;
        }
        Ok(id)
    }

    fn remove_client(&mut self, txn: ClientId) {
        if let Some(client) = self.clients.remove(txn.0) {
            self.clients_by_number.remove(&client.number);
            give_back(&mut self.clients_by_number);
            if client.flow.transport.is_reliable()
                && let Entry::Occupied(mut over) = self.clients_by_remote.entry(client.flow.remote)
            {
                over.get_mut().retain(|id| *id != txn);
                if over.get().is_empty() {
                    over.remove();
                }
            }
        }
    }

    /// The requests that were sent over a connection, or might have been.
    pub(crate) fn clients_over(&self, flow: Flow) -> Vec<ClientId> {
        let over = self.clients_by_remote.get(&flow.remote).into_iter().flatten().copied();
        over.filter(|id| {
            self.client(*id).is_some_and(|client| {
                let connection = client.flow.connection;
                let whichever = connection.is_none() || connection == Some(ConnectionId::STANDING);
                client.flow.transport == flow.transport && (whichever || connection == flow.connection)
            })
        })
        .collect()
    }

    /// Tells a request that its connection has ended. One that was not meant for that very connection is sent again, once: another one
    /// may have been opened for it already, where it is recognised as the same.
    pub(crate) fn flow_closed(&mut self, now: Instant, txn: ClientId, flow: Flow) -> Option<TuEvent<'static>> {
        let client = self.client_mut(txn)?;
        let owner = client.owner;
        let again = client.flow.connection != flow.connection && !std::mem::replace(&mut client.moved, true);
        let outcome = self.drive_client(now, txn, ClientInput::ConnectionEnded { again });
        client_event(outcome, txn, owner?)
    }

    /// Lets a client transaction hear something; sends its CANCEL and ends it when it says so.
    pub(super) fn drive_client(&mut self, now: Instant, txn: ClientId, input: ClientInput<'_>) -> ClientOutcome {
        let crowded = self.is_crowded();
        let Some(client) = self.clients.get_mut(txn.0) else { return ClientOutcome::Quiet };
        let (flow, number) = (client.flow, client.number);
        let mut effects = Effects {
            now,
            id: TransactionId::Client(txn),
            flow,
            values: &self.settings.timers,
            crowded,
            timers: &mut self.timers,
            commands: &mut self.commands,
        };
        let outcome = match &mut client.machine {
            ClientMachine::Invite(machine) => machine.handle(input, &mut effects),
            ClientMachine::Other(machine) => machine.handle(input, &mut effects),
        };
        match outcome {
            ClientOutcome::SendCancel(bytes) => {
                let cancel = OutgoingRequest { invite: false, bytes };
                // Without room for the CANCEL the INVITE still ends 64*T1 from now.
                let _full = self.start_client(now, flow, branch::cancel_number(number), cancel, None);
                ClientOutcome::Quiet
            }
            ClientOutcome::PassUpAndEnd
            | ClientOutcome::TimedOut
            | ClientOutcome::Unreachable
            | ClientOutcome::Ended => {
                self.remove_client(txn);
                outcome
            }
            ClientOutcome::Quiet | ClientOutcome::PassUp | ClientOutcome::RangTooLong => outcome,
        }
    }

    /// Fires what came due.
    pub(crate) fn fire(&mut self, now: Instant, due: Due) -> Option<TuEvent<'static>> {
        match due {
            Due::Proxy(token) => Some(TuEvent::Timer { token }),
            Due::Server(timer, txn) => {
                let outcome = self.drive_server(now, txn, ServerInput::Timer(timer));
                match outcome {
                    ServerOutcome::EndedUnheard => Some(TuEvent::ServerGone { txn }),
                    ServerOutcome::TryingDue => Some(TuEvent::TryingDue { txn }),
                    ServerOutcome::Quiet | ServerOutcome::PassAck | ServerOutcome::Ended => None,
                }
            }
            Due::Client(timer, txn) => {
                let owner = self.client(txn)?.owner;
                let outcome = self.drive_client(now, txn, ClientInput::Timer(timer));
                client_event(outcome, txn, owner?)
            }
        }
    }
}

/// What the proxy is told of an outcome without a message.
pub(super) fn client_event(outcome: ClientOutcome, txn: ClientId, owner: Owner) -> Option<TuEvent<'static>> {
    match outcome {
        ClientOutcome::TimedOut => Some(TuEvent::ClientTimeout { txn, owner }),
        ClientOutcome::Unreachable => Some(TuEvent::ClientTransportError { txn, owner }),
        ClientOutcome::RangTooLong => Some(TuEvent::TimerC { txn, owner }),
        ClientOutcome::Quiet
        | ClientOutcome::PassUp
        | ClientOutcome::PassUpAndEnd
        | ClientOutcome::Ended
        | ClientOutcome::SendCancel(_) => None,
    }
}
