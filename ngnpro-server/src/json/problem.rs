//! What is answered when a call is not done: problem details (RFC 9457) with the contract's code and the member that is wrong.

use domain::Refusal;
use serde_json::{Map, Value};

use super::Answer;
use super::input::Input;
use crate::error::Failure;

/// A request that is not done.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(super) status: u16,
    pub(super) detail: Box<str>,
    /// The contract's code; none when the contract has none for it.
    pub(super) errorcode: Option<u16>,
    pub(super) member: Option<Box<str>>,
    /// The member as a JSON pointer into the body.
    pointer: Option<Box<str>>,
    /// Line and column in the body.
    pub(super) place: Option<(u32, u32)>,
    pub(super) headers: Vec<(&'static str, String)>,
    /// Somebody else was faster: the same may be done now.
    pub(super) may_try_again: bool,
}

/// Seconds after which to try again.
const AGAIN_AFTER: &str = "5";
/// Seconds after which a name or an address may fail to sign in again, at the latest.
const SIGN_IN_AFTER: &str = "60";

impl Problem {
    /// A problem of HTTP or of the document: for the contract, a value that is not valid.
    pub(crate) fn new(status: u16, detail: &str) -> Self {
        Self {
            status,
            detail: detail.into(),
            errorcode: Some(9004),
            member: None,
            pointer: None,
            place: None,
            headers: Vec::new(),
            may_try_again: false,
        }
    }

    /// Names the member.
    pub(crate) fn at(self, member: String) -> Self {
        Self { member: Some(member.into()), ..self }
    }

    /// Names line and column.
    pub(super) fn placed(self, (line, column): (usize, usize)) -> Self {
        let place = u32::try_from(line).ok().zip(u32::try_from(column).ok());
        Self { place, ..self }
    }

    /// The same for another row.
    pub(super) fn again(&self) -> Self {
        Self { may_try_again: self.may_try_again, errorcode: self.errorcode, ..Self::new(self.status, &self.detail) }
    }

    /// Not the caller's to do.
    pub(crate) fn not_allowed(why: &str) -> Self {
        Self::new(403, &format!("Not allowed: {why}")).coded(9001)
    }

    /// Takes another code of the contract.
    pub(super) fn coded(self, errorcode: u16) -> Self {
        Self { errorcode: Some(errorcode), ..self }
    }

    /// Says more than the contract's words do.
    pub(super) fn because(self, why: &str) -> Self {
        Self { detail: format!("{}: {why}", self.detail).into(), ..self }
    }

    /// Points at the body as a whole.
    pub(super) fn at_all(self) -> Self {
        Self { pointer: Some("#".into()), ..self }
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Says where in the body the member is.
    pub(super) fn pointed(mut self, body: Option<&str>) -> Self {
        if let Some((member, body)) = self.member.as_deref().zip(body) {
            self.pointer = pointer(member, body).map(Into::into);
        }
        self
    }

    /// Points at the member in a body that is an object of its members.
    pub(super) fn in_body(self) -> Self {
        self.pointed(Some(""))
    }

    /// A failure to sign in; `barred` when there were too many of them.
    pub(super) fn of_sign_in(failure: Failure, barred: bool) -> Self {
        let problem = Self::from(failure);
        match barred && problem.status == 401 {
            true => {
                let words = "Authentication failed too often: try again later";
                Self { status: 429, detail: words.into(), headers: Vec::new(), ..problem }
                    .with("Retry-After", SIGN_IN_AFTER.to_owned())
            }
            false => problem,
        }
    }

    /// A failure of the operation, pointed at in the input.
    pub(super) fn of_input(failure: Failure, input: &Input) -> Self {
        Self::from(failure).pointed(input.body.as_deref())
    }

    /// The answer.
    pub(crate) fn answer(self) -> Answer {
        let mut document = Map::new();
        let title = actix_web::http::StatusCode::from_u16(self.status).ok();
        // RFC 9457 section 4.2.1: a problem of no type of its own has the status's title.
        document.insert("type".to_owned(), "about:blank".into());
        document.insert("title".to_owned(), title.and_then(|status| status.canonical_reason()).into());
        document.insert("status".to_owned(), self.status.into());
        document.insert("detail".to_owned(), (*self.detail).into());
        if let Some(errorcode) = self.errorcode {
            document.insert("errorcode".to_owned(), errorcode.into());
        }
        if let Some(member) = self.member {
            document.insert("member".to_owned(), (*member).into());
        }
        if let Some(pointer) = self.pointer {
            document.insert("pointer".to_owned(), (*pointer).into());
        }
        if let Some((line, column)) = self.place {
            document.insert("line".to_owned(), line.into());
            document.insert("column".to_owned(), column.into());
        }
        Answer {
            status: self.status,
            media_type: Some("application/problem+json"),
            headers: self.headers,
            body: Value::Object(document).to_string(),
            errorcode: self.errorcode,
        }
    }
}

/// The contract's path as a pointer into the body (RFC 6901 as a URI fragment); `body` is the parameter that the body is, or
/// empty when the body is an object of parameters.
fn pointer(member: &str, body: &str) -> Option<String> {
    let below = match body {
        "" => member,
        _ if member == body => "",
        body => member.strip_prefix(body).filter(|below| below.starts_with(['.', '[']))?,
    };
    // An entry of a list is `list[1]`.
    let below = below.replace('[', ".").replace(']', "");
    let steps: String = below.split('.').filter(|step| !step.is_empty()).map(|step| format!("/{step}")).collect();
    Some(format!("#{steps}"))
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        failure.log();
        match failure {
            Failure::Refused(refusal) => refusal.into(),
            Failure::Malformed(fault) => Self::new(400, &fault.text).coded(fault.errorcode),
            Failure::Unavailable(_) => {
                let words = "The service is not available: nothing was answered in time";
                Self::new(503, words).coded(9009).with("Retry-After", AGAIN_AFTER.to_owned())
            }
            Failure::Overtaken(_) => {
                let words = "The record was changed by somebody else at the same time: nothing was done, try again";
                // Nothing failed: the contract has no code for it.
                Self { may_try_again: true, errorcode: None, ..Self::new(409, words) }
                    .with("Retry-After", "1".to_owned())
            }
            Failure::Internal(_) => Self::from(Refusal::InternalError),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = Self::new(status(&refusal), &refusal.to_string()).coded(refusal.code());
        match refusal {
            Refusal::InvalidValue { member, .. } => problem.at(member.into_owned()),
            Refusal::AuthenticationFailed => problem.with(
                "WWW-Authenticate",
                "Basic realm=\"NGNPro\", charset=\"UTF-8\", Bearer realm=\"NGNPro\"".to_owned(),
            ),
            _ => problem,
        }
    }
}

/// The status of each refusal.
const fn status(refusal: &Refusal) -> u16 {
    match refusal {
        Refusal::AuthenticationFailed => 401,
        Refusal::NotAllowed(_) | Refusal::ResellerNotActive | Refusal::PropertyNotAllowed { .. } => 403,
        Refusal::SipDomainNotFound(_)
        | Refusal::SipAccountNotFound(_)
        | Refusal::SipAliasNotFound(_)
        | Refusal::NotInGroup { .. }
        | Refusal::PhonebookEntryNotFound(_)
        | Refusal::MediaSessionNotFound(_)
        | Refusal::TrustedPeerNotFound(_)
        | Refusal::CarrierNotFound(_)
        | Refusal::GatewayNotFound(_)
        | Refusal::GatewayRuleNotFound(_)
        | Refusal::RouteNotFound(_)
        | Refusal::VoucherNotFound
        | Refusal::VoicemailAccountNotFound(_)
        | Refusal::EnumRangeNotFound { .. }
        | Refusal::EnumNumberNotFound { .. }
        | Refusal::RatingEntityNotFound(_)
        | Refusal::CustomerNotFound(_)
        | Refusal::DnsZoneNotFound(_)
        | Refusal::DnsRecordNotFound(_)
        | Refusal::UnknownOperation(_) => 404,
        Refusal::SipDomainExists(_)
        | Refusal::SipDomainNotEmpty(_)
        | Refusal::SipAccountExists(_)
        | Refusal::SipAliasExists(_)
        | Refusal::AlreadyInGroup { .. }
        | Refusal::PhonebookEntryExists(_)
        | Refusal::TrustedPeerExists(_)
        | Refusal::CarrierExists(_)
        | Refusal::GatewayExists(_)
        | Refusal::RouteExists(_)
        | Refusal::CarrierInUse(_)
        | Refusal::VoucherUsed
        | Refusal::VoicemailAccountExists(_)
        | Refusal::MailboxExists(_)
        | Refusal::EnumRangeExists { .. }
        | Refusal::EnumNumberExists { .. }
        | Refusal::EnumRangeNotEmpty { .. }
        | Refusal::EnumRangeFull { .. }
        | Refusal::CustomerExists(_)
        | Refusal::CustomerNotEmpty(_)
        | Refusal::DnsZoneExists(_)
        | Refusal::DnsRecordExists { .. }
        | Refusal::CreditExceeded(_) => 409,
        Refusal::InvalidValue { .. } | Refusal::TooManyMappings { .. } => 422,
        Refusal::InternalError => 500,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_pointed_at_where_the_body_has_it() {
        assert_eq!(pointer("account.id.domain", "account").as_deref(), Some("#/id/domain"));
        assert_eq!(pointer("account", "account").as_deref(), Some("#"));
        assert_eq!(pointer("number.mappings[1].type", "number").as_deref(), Some("#/mappings/1/type"));
        assert_eq!(pointer("routes[1].prefix", "routes").as_deref(), Some("#/1/prefix"));
        assert_eq!(pointer("value", "").as_deref(), Some("#/value"));
        assert_eq!(pointer("sipId", "account"), None);
        assert_eq!(pointer("accounts.id", "account"), None);
    }

    #[test]
    fn what_is_internal_is_not_told() {
        let answer = Problem::from(Failure::Internal("relation xyz".to_owned())).answer();
        assert_eq!((answer.status, answer.errorcode), (500, Some(9009)));
        assert!(!answer.body.contains("xyz"));
        let answer = Problem::from(Failure::Unavailable("password".to_owned())).answer();
        assert_eq!(answer.status, 503);
        assert!(!answer.body.contains("password") && answer.headers[0].0 == "Retry-After");
    }
}
