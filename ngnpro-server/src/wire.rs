//! The wire types: generated from the published contract, with what ties an input to its operation.
//!
//! All members are optional: what must be there is a rule of the operation, which says so with a fault of the contract.

pub mod customer;
pub mod dns;
pub(crate) mod documents;
pub mod r#enum;
pub mod network;
mod operations;
pub mod presence;
pub mod rating;
mod routes;
pub mod sip;
pub mod types;
pub mod voicemail;

pub use operations::Operation;
use soap::Style;

/// The input of an operation, and what the operation answers.
pub trait Input: soap::Record {
    /// The result, `()` for void.
    type Output: soap::Wire;
    /// The operation that it belongs to.
    const OPERATION: Operation;
}

/// What the URL of a call says of it, for toolkits that leave the port's namespace out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Endpoint<'a> {
    /// The port.
    pub port: Option<&'a str>,
    /// Whether it is an address of the literal wire.
    pub literal: bool,
}

impl Operation {
    /// The operation of an element and its wire: the element's namespace decides both. Some toolkits put it into the types'
    /// namespace, a foreign one or none; what the URL names then says which is meant.
    #[must_use]
    pub fn find_at(namespace: &str, name: &str, endpoint: Endpoint<'_>) -> Option<(Self, Style)> {
        if let Some(operation) = Self::find(namespace, name) {
            return Some((operation, Style::Encoded));
        }
        let of_literal = namespace.strip_suffix(LITERAL).and_then(|port| Self::find(port, name));
        if let Some(operation) = of_literal {
            return Some((operation, operation.literal()));
        }
        let of_port = |operation: &&Self| {
            let described = operation.describe();
            described.name == name && endpoint.port.is_some_and(|port| port.eq_ignore_ascii_case(described.port))
        };
        if Self::is_of_a_port(namespace) {
            return None;
        }
        let found = Self::ALL.iter().find(of_port).copied()?;
        Some((found, if endpoint.literal { found.literal() } else { Style::Encoded }))
    }

    /// Whether a namespace says which port is meant, and in which wire.
    fn is_of_a_port(namespace: &str) -> bool {
        let described = || Self::ALL.iter().map(|operation| operation.describe());
        described().any(|operation| [operation.namespace, operation.literal_namespace].contains(&namespace))
    }

    /// The wire in which something of that namespace, or else of that URL, is answered when no operation is known.
    #[must_use]
    pub fn style_at(namespace: Option<&str>, endpoint: Endpoint<'_>) -> Style {
        let described = || Self::ALL.iter().map(|operation| operation.describe());
        let found = match namespace.filter(|namespace| Self::is_of_a_port(namespace)) {
            Some(namespace) => described().find(|operation| operation.literal_namespace == namespace),
            None => described().find(|operation| {
                endpoint.literal && endpoint.port.is_some_and(|port| port.eq_ignore_ascii_case(operation.port))
            }),
        };
        found.map_or(Style::Encoded, |operation| Style::Literal(operation.literal_namespace))
    }

    const fn literal(self) -> Style {
        Style::Literal(self.describe().literal_namespace)
    }
}

/// What the literal wire's namespaces have after those of the encoded one.
const LITERAL: &str = ":literal";
