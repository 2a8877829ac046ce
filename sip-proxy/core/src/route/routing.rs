//! One request on its way through the steps: what was found out about it, and what it becomes.

use crate::command::{Answer, Lookup};
use crate::directory::{Account, Domain, Memory};
use crate::flow::{Flow, Listener, Transport};
use crate::notifier::Watch;
use crate::peers::TrustedPeer;
use crate::registrar::BindingChange;
use crate::route::verdict::{LocalReply, Target, Verdict};
use crate::route::wishes::When;
use crate::settings::Settings;
use crate::shared::Shared;
use crate::tokens::Closed;
use crate::transaction::ServerId;
use domain::{DiversionCondition, DomainName, SipId, Username};
use sip_message::uri::{Scheme, Uri};
use sip_message::{HeaderName, Message, Method};
use smallvec::SmallVec;
use std::cell::RefCell;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

/// How many lookups one request may cost.
const LOOKUPS_MAX: usize = 48;

/// What a step reads besides the request.
pub(crate) struct Env<'a> {
    pub(crate) now: Instant,
    pub(crate) settings: &'a Settings,
    pub(crate) shared: &'a Shared,
    /// Where the request came from.
    pub(crate) from: IpAddr,
}

impl Env<'_> {
    /// Whether host and port are one of our own listeners.
    pub(crate) fn is_own(&self, uri: &Uri<'_>) -> bool {
        let address = uri.host_address();
        let port = || {
            let secure = uri.scheme == Scheme::Sips;
            let transport = Transport::of_uri(secure, uri.param("transport")).flatten();
            uri.port.unwrap_or_else(|| transport.unwrap_or(Transport::Udp).default_port())
        };
        // The host decides for nearly every URI, so the port is looked for last.
        let listeners = &self.settings.listeners;
        let ours = listeners.iter().any(|listener| {
            let bound = address.is_some_and(|ip| {
                ip == listener.address.ip() || (listener.address.ip().is_unspecified() && ip.is_loopback())
            });
            is_advertised(listener, uri.host, port) || (bound && listener.address.port() == port())
        });
        // A name that leads here, or the address that one leads to, with the port of a listener.
        let known = || {
            self.settings.own_names.iter().any(|name| name.as_bytes().eq_ignore_ascii_case(uri.host))
                || address.is_some_and(|ip| self.shared.is_own_address(ip))
        };
        ours || known() && {
            let port = port();
            listeners.iter().any(|l| advertised(l).1 == port || l.address.port() == port)
        }
    }
}

/// Whether a listener appears under that host and port; the port is asked for only where the host is right.
pub(crate) fn is_advertised(listener: &Listener, host: &[u8], port: impl FnOnce() -> u16) -> bool {
    let beginning = listener.sent_by.as_bytes().get(..host.len());
    beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(host)) && {
        let (whole, advertised_port) = advertised(listener);
        whole.len() == host.len() && advertised_port == port()
    }
}

/// Host and port as a listener appears in Via and Record-Route.
fn advertised(listener: &Listener) -> (&[u8], u16) {
    let (sent_by, default) = (listener.sent_by.as_bytes(), listener.transport.default_port());
    let colon = sent_by.iter().rposition(|b| *b == b':').filter(|_| !sent_by.ends_with(b"]"));
    match colon {
        Some(colon) => {
            let digits = &sent_by[colon + 1..];
            let port = sip_message::text::number(digits).and_then(|port| u16::try_from(port).ok());
            (&sent_by[..colon], port.unwrap_or(default))
        }
        None => (sent_by, default),
    }
}

/// That an account diverted a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Diverted {
    /// Which account.
    pub(crate) by: SipId,
    /// Why.
    pub(crate) condition: DiversionCondition,
}

/// The steps that were taken, and what of the provisioned data each looked at.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    pub(crate) steps: Vec<TracedStep>,
    /// Of the step that is being taken.
    rows: Vec<String>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TracedStep {
    pub(crate) step: &'static str,
    pub(crate) why: &'static str,
    pub(crate) rows: Vec<String>,
}

/// A request between two steps.
#[derive(Debug)]
pub(crate) struct Routing {
    pub(crate) request: Arc<Message>,
    pub(crate) method: Method,
    pub(crate) flow: Flow,
    /// None for an ACK, which has no transaction.
    pub(crate) txn: Option<ServerId>,
    /// Which step is next.
    pub(crate) step: usize,
    /// The step that decided last, and why as it did.
    pub(crate) decided: (&'static str, &'static str),
    /// All steps with what they looked at, where somebody wants to know.
    pub(crate) trace: Option<RefCell<Trace>>,
    /// The Request-URI that replaces the one in the message, where a step has changed it.
    pub(crate) uri: Option<Box<[u8]>>,
    /// How many Route values from the top are ours and go.
    pub(crate) routes_done: usize,
    /// Whether the last Route value became the Request-URI.
    pub(crate) last_route_taken: bool,
    /// Whether it belongs to a dialog that we recorded our route in.
    pub(crate) in_dialog: bool,
    /// Whether From and To are the addresses of the dialog's two ends.
    pub(crate) own_names: bool,
    /// The way to the other end of the dialog, where our Record-Route kept one.
    pub(crate) other_side: Option<Flow>,
    /// Whether it came from a peer that is trusted.
    pub(crate) from_peer: bool,
    /// That peer.
    pub(crate) peer: Option<Arc<TrustedPeer>>,
    /// Whether it calls for help.
    pub(crate) emergency: bool,
    /// Whether what is provisioned here led it to where it goes: then nobody need be allowed to send it there.
    pub(crate) led: bool,
    /// The account that had it diverted last, which answers for where it goes from there.
    pub(crate) payer: Option<Arc<Account>>,
    /// Who diverted it, the first one first.
    pub(crate) diverted: Vec<Diverted>,
    /// How the called account's devices have failed, where that is about to be diverted.
    pub(crate) failed: Option<When>,
    /// How often it was led to another address.
    pub(crate) turns: u8,
    /// The address that the caller proved to be its own, as a URI.
    pub(crate) asserted: Option<Box<[u8]>>,
    /// The account that is called.
    pub(crate) called: Option<Arc<Account>>,
    /// The request that this is a redirection of, and its branch that was redirected: no request of its own.
    pub(crate) follows: Option<(u64, usize)>,
    /// The flow that another proxy asks for by our token, or why there is none.
    pub(crate) relayed: Option<Result<Flow, Closed>>,
    /// The time that it is asked for, in seconds since 1970; none: now.
    pub(crate) at_s: Option<i64>,
    /// Who is taken for the caller without a proof, where it is only asked what would become of a call.
    pub(crate) presumed: Option<SipId>,
    /// The account that proved itself.
    pub(crate) caller: Option<Arc<Account>>,
    /// The account whose credentials were checked: a step that is run again must not count the nonce again.
    pub(crate) proved: Option<Arc<Account>>,
    /// The realm whose credentials were used up.
    pub(crate) realm_used: Option<Arc<Domain>>,
    /// Where it goes, once decided.
    pub(crate) targets: Option<Vec<Target>>,
    /// What a SUBSCRIBE that is answered here asks for.
    pub(crate) watch: Option<Box<Watch>>,
    /// What a registration changed.
    pub(crate) change: Option<BindingChange>,
    facts: RefCell<SmallVec<[(Lookup, Answer); 4]>>,
    memory: Option<Arc<dyn Memory>>,
}

impl Routing {
    pub(crate) fn new(request: Arc<Message>, flow: Flow, txn: Option<ServerId>) -> Routing {
        let method = request.method();
        Routing {
            request,
            method,
            flow,
            txn,
            step: 0,
            decided: ("", ""),
            trace: None,
            uri: None,
            routes_done: 0,
            last_route_taken: false,
            in_dialog: false,
            own_names: false,
            other_side: None,
            from_peer: false,
            peer: None,
            emergency: false,
            led: false,
            payer: None,
            diverted: Vec::new(),
            failed: None,
            turns: 0,
            asserted: None,
            called: None,
            follows: None,
            relayed: None,
            at_s: None,
            presumed: None,
            caller: None,
            proved: None,
            realm_used: None,
            targets: None,
            watch: None,
            change: None,
            facts: RefCell::default(),
            memory: None,
        }
    }

    /// The way that a redirected request takes to another address: not from the beginning, since who calls is known, and what
    /// an account's own device points at is that account's business.
    pub(crate) fn redirected(&self, step: usize, uri: Box<[u8]>, follows: (u64, usize)) -> Routing {
        let mut routing = Routing::new(Arc::clone(&self.request), self.flow, None);
        routing.step = step;
        routing.uri = Some(uri);
        routing.routes_done = self.request.values(HeaderName::Route).count();
        routing.from_peer = self.from_peer;
        routing.peer.clone_from(&self.peer);
        routing.asserted.clone_from(&self.asserted);
        routing.diverted.clone_from(&self.diverted);
        routing.turns = self.turns;
        routing.caller = self.called.clone().or_else(|| self.caller.clone());
        routing.follows = Some(follows);
        routing.memory.clone_from(&self.memory);
        routing
    }

    /// The same, asking this first: what it answers is not waited for.
    pub(crate) fn remembering(mut self, memory: Option<Arc<dyn Memory>>) -> Routing {
        self.memory = memory;
        self
    }

    /// A step begins, perhaps anew.
    pub(crate) fn step_begins(&self) {
        if let Some(trace) = &self.trace {
            trace.borrow_mut().rows.clear();
        }
    }

    /// A step has decided.
    pub(crate) fn step_decided(&mut self, step: &'static str, why: &'static str) {
        self.decided = (step, why);
        if let Some(trace) = &mut self.trace {
            let trace = trace.get_mut();
            let rows = std::mem::take(&mut trace.rows);
            trace.steps.push(TracedStep { step, why, rows });
        }
    }

    /// Tells which provisioned data a step looked at. Costs nothing where nobody wants to know.
    pub(crate) fn tell(&self, row: impl FnOnce() -> String) {
        if let Some(trace) = &self.trace {
            trace.borrow_mut().rows.push(row());
        }
    }

    /// The account that answers for where the request goes: who had it diverted last, else who sent it.
    pub(crate) fn answers_for_it(&self) -> Option<&Arc<Account>> {
        self.payer.as_ref().or(self.caller.as_ref())
    }

    /// The Request-URI in its parts. A URI that cannot be read was refused by the first step.
    pub(crate) fn uri(&self) -> Result<Uri<'_>, Verdict> {
        let uri = self.uri.as_deref().map_or_else(|| self.request.uri(), Uri::parse);
        uri.map_err(|_| LocalReply::new(400, "the Request-URI cannot be read").into())
    }

    /// The Route values that are still to be visited.
    pub(crate) fn routes_left(&self) -> impl Iterator<Item = &[u8]> {
        let all = self.request.values(HeaderName::Route).count();
        let end = all.saturating_sub(usize::from(self.last_route_taken));
        let taken = end.saturating_sub(self.routes_done);
        self.request.values(HeaderName::Route).skip(self.routes_done).take(taken)
    }

    /// Notes the answer to the question that the routing waited for.
    pub(crate) fn learn(&mut self, lookup: Lookup, answer: Answer) {
        self.facts.get_mut().push((lookup, answer));
    }

    /// The answer to a question that was asked. A step that is run again asks everything again, so a question is told by
    /// `is` and need not be made to be looked for.
    fn known(&self, is: impl Fn(&Lookup) -> bool) -> Option<Result<Answer, Verdict>> {
        self.facts.borrow().iter().find(|(asked, _)| is(asked)).map(|(_, answer)| usable(answer.clone()))
    }

    /// The answer to a question, or the question. What is in memory is answered at once, and stays the answer for this request.
    fn fact(&self, is: impl Fn(&Lookup) -> bool, ask: impl FnOnce() -> Lookup) -> Result<Answer, Verdict> {
        self.known(is).unwrap_or_else(|| {
            if self.facts.borrow().len() >= LOOKUPS_MAX {
                return Err(LocalReply::new(500, "the request needs more lookups than one may").into());
            }
            let lookup = ask();
            match self.memory.as_ref().and_then(|memory| memory.answer(&lookup)) {
                None => Err(Verdict::Ask(lookup)),
                Some(answer) => {
                    self.facts.borrow_mut().push((lookup, answer.clone()));
                    usable(answer)
                }
            }
        })
    }

    /// The domain of a URI if it is served here. A host that cannot be a domain is none.
    pub(crate) fn local_domain(&self, uri: &Uri<'_>) -> Result<Option<Arc<Domain>>, Verdict> {
        if !uri.is_sip() {
            return Ok(None);
        }
        let same = |name: &DomainName| name.as_str().as_bytes().eq_ignore_ascii_case(uri.host);
        match self.known(|asked| matches!(asked, Lookup::Domain(name) if same(name))) {
            Some(answer) => answer.map(domain_of),
            None => domain_name(uri).map_or(Ok(None), |name| self.domain(name)),
        }
    }

    /// The same for what belongs to a dialog, which goes on while nobody can be asked.
    pub(crate) fn local_domain_in_dialog(&self, uri: &Uri<'_>) -> Result<Option<Arc<Domain>>, Verdict> {
        match self.local_domain(uri) {
            Err(Verdict::Reply(_)) => Ok(None),
            found => found,
        }
    }

    /// The domain of this name if it is served here.
    pub(crate) fn domain(&self, name: DomainName) -> Result<Option<Arc<Domain>>, Verdict> {
        let is = |asked: &Lookup| matches!(asked, Lookup::Domain(other) if *other == name);
        self.fact(is, || Lookup::Domain(name.clone())).map(domain_of)
    }

    /// The account of this name.
    pub(crate) fn account(&self, id: &SipId) -> Result<Option<Arc<Account>>, Verdict> {
        match self
            .fact(|asked| matches!(asked, Lookup::Account(other) if other == id), || Lookup::Account(id.clone()))?
        {
            Answer::Account(found) => Ok(found),
            _ => Ok(None),
        }
    }

    /// The account that an alias stands for.
    pub(crate) fn alias(&self, id: &SipId) -> Result<Option<SipId>, Verdict> {
        match self.fact(|asked| matches!(asked, Lookup::Alias(other) if other == id), || Lookup::Alias(id.clone()))? {
            Answer::Alias(found) => Ok(found),
            _ => Ok(None),
        }
    }

    /// The account of this name, or the one that it is an alias of.
    pub(crate) fn account_or_alias(&self, id: &SipId) -> Result<Option<Arc<Account>>, Verdict> {
        if let Some(account) = self.account(id)? {
            return Ok(Some(account));
        }
        match self.alias(id)? {
            Some(account) => self.account(&account),
            None => Ok(None),
        }
    }

    /// Where a number of an ENUM range leads.
    pub(crate) fn enum_number(&self, id: &SipId) -> Result<Option<Arc<str>>, Verdict> {
        match self.fact(|asked| matches!(asked, Lookup::Number(other) if other == id), || Lookup::Number(id.clone()))? {
            Answer::Number(found) => Ok(found),
            _ => Ok(None),
        }
    }

    /// The addresses behind a name; none if nobody can tell.
    pub(crate) fn addresses(&self, lookup: Lookup) -> Result<Vec<(crate::Transport, std::net::SocketAddr)>, Verdict> {
        match self.fact(|asked| *asked == lookup, || lookup.clone()) {
            Ok(Answer::Addresses(found)) => Ok(found),
            Err(Verdict::Ask(lookup)) => Err(Verdict::Ask(lookup)),
            _ => Ok(Vec::new()),
        }
    }
}

fn domain_of(answer: Answer) -> Option<Arc<Domain>> {
    match answer {
        Answer::Domain(found) => found,
        _ => None,
    }
}

/// An answer that says something.
fn usable(answer: Answer) -> Result<Answer, Verdict> {
    match answer {
        Answer::Unavailable => Err(unavailable()),
        answer => Ok(answer),
    }
}

/// Directory and database are away, and this was not in memory.
pub(crate) fn unavailable() -> Verdict {
    // RFC 3261 §21.5.4: Retry-After tells the client when it is worth asking again.
    LocalReply::new(503, "the directory does not answer").header(HeaderName::RetryAfter, "10").into()
}

/// The domain that a URI's host names, if it can be one.
pub(crate) fn domain_name(uri: &Uri<'_>) -> Option<DomainName> {
    if !matches!(uri.scheme, Scheme::Sip | Scheme::Sips) {
        return None;
    }
    DomainName::parse(std::str::from_utf8(uri.host).ok()?).ok()
}

/// The address of record that a URI names (RFC 3261 §10.3 item 5), if it can be one.
pub(crate) fn sip_id(uri: &Uri<'_>) -> Option<SipId> {
    let domain = domain_name(uri)?;
    let user = uri.user_decoded()?;
    let username = Username::parse(std::str::from_utf8(&user).ok()?).ok()?;
    Some(SipId::new(username, domain))
}
