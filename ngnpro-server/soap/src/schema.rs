//! The vocabulary of the field tables: what a member is called, which type it has on the wire, whether it may be nil. The
//! tables themselves are generated from the WSDL; reading and writing records walks them.

/// A scalar of XML Schema as the contract uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// `xsd:string`, and every restriction of it.
    String,
    /// `xsd:boolean`.
    Boolean,
    /// `xsd:int`, 32 bits.
    Int,
    /// `xsd:integer`, held in 64 bits.
    Integer,
    /// `xsd:nonNegativeInteger`, held in 32 bits.
    NonNegativeInteger,
    /// `xsd:unsignedInt`.
    UnsignedInt,
    /// `xsd:unsignedShort`.
    UnsignedShort,
    /// `xsd:float`.
    Float,
    /// `xsd:double`.
    Double,
    /// `xsd:base64Binary`.
    Base64Binary,
}

impl Scalar {
    /// The name inside the XML Schema namespace.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Int => "int",
            Self::Integer => "integer",
            Self::NonNegativeInteger => "nonNegativeInteger",
            Self::UnsignedInt => "unsignedInt",
            Self::UnsignedShort => "unsignedShort",
            Self::Float => "float",
            Self::Double => "double",
            Self::Base64Binary => "base64Binary",
        }
    }
}

/// The type of a member, a parameter, a result or an array's item.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// A scalar of XML Schema.
    Scalar(Scalar),
    /// A structure of the contract.
    Record(&'static RecordType),
    /// An array of the contract.
    Array(&'static ArrayType),
}

/// A structure: its qualified name, its members in the schema's order.
#[derive(Debug)]
pub struct RecordType {
    /// Local name of the type.
    pub name: &'static str,
    /// Namespace of the type; of an operation's parameters, that of the operation element.
    pub namespace: &'static str,
    /// Members in the order in which they are written.
    pub members: &'static [Member],
}

/// A member of a structure, or a parameter of an operation.
#[derive(Debug)]
pub struct Member {
    /// Local name of the element.
    pub name: &'static str,
    /// Declared type.
    pub ty: Type,
    /// Whether nil is among its values.
    pub nillable: bool,
}

/// An array type: its name and the type of its items.
#[derive(Debug)]
pub struct ArrayType {
    /// Local name of the type.
    pub name: &'static str,
    /// Type of the items.
    pub item: Type,
}

/// An operation: where it is found, what it takes, what it answers.
#[derive(Debug)]
pub struct OperationType {
    /// Port, as `Sip`.
    pub port: &'static str,
    /// Namespace of the operation element on the encoded wire.
    pub namespace: &'static str,
    /// Namespace of the operation element on the literal wire, and of everything in it.
    pub literal_namespace: &'static str,
    /// Local name of the operation element.
    pub name: &'static str,
    /// Parameters in order, as the members of a structure.
    pub parameters: &'static RecordType,
    /// Type of the result, none for void.
    pub result: Option<Type>,
}
