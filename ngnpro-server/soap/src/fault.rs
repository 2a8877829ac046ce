//! Faults: what a caller is told when a call is not done (SOAP 1.1 section 4.4, SOAP 1.2 part 1 section 5.4).

/// Who is to blame, in the words of SOAP 1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultCode {
    /// The envelope is of a version that is not spoken.
    VersionMismatch,
    /// A header block that must be understood is not.
    MustUnderstand,
    /// The caller can mend it.
    Client,
    /// The caller cannot.
    Server,
}

impl FaultCode {
    /// Local name in SOAP 1.1.
    #[must_use]
    pub const fn name_11(self) -> &'static str {
        match self {
            Self::VersionMismatch => "VersionMismatch",
            Self::MustUnderstand => "MustUnderstand",
            Self::Client => "Client",
            Self::Server => "Server",
        }
    }

    /// Local name in SOAP 1.2.
    #[must_use]
    pub const fn name_12(self) -> &'static str {
        match self {
            Self::VersionMismatch => "VersionMismatch",
            Self::MustUnderstand => "MustUnderstand",
            Self::Client => "Sender",
            Self::Server => "Receiver",
        }
    }
}

/// A fault with the code that the contract's clients compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Who is to blame.
    pub code: FaultCode,
    /// `errorcode` of the contract.
    pub errorcode: u16,
    /// Text for people, both as the fault's and as the detail's. Input is never part of it unescaped: the writer escapes.
    pub text: String,
}

/// `errorcode` of what cannot be read: an argument that is missing or not valid.
const INVALID_VALUE: u16 = 9004;

impl Fault {
    /// A message that breaks a rule of XML, of the envelope or of the encoding.
    #[must_use]
    pub fn malformed(text: impl Into<String>) -> Self {
        Self { code: FaultCode::Client, errorcode: INVALID_VALUE, text: text.into() }
    }

    /// An envelope in a namespace that is not spoken.
    #[must_use]
    pub fn version_mismatch() -> Self {
        let text = "The envelope is neither SOAP 1.1 nor SOAP 1.2".to_owned();
        Self { code: FaultCode::VersionMismatch, errorcode: INVALID_VALUE, text }
    }

    /// A header block that must be understood and is not.
    #[must_use]
    pub fn must_understand(header: &str) -> Self {
        let text = format!("Header {header} must be understood and is not");
        Self { code: FaultCode::MustUnderstand, errorcode: INVALID_VALUE, text }
    }
}
