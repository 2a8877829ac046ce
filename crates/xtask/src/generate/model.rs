//! WSDL 1.1 and XML Schema as far as the contract uses them: yaserde reads the document, [`Contract`] is what it means.

use std::collections::{BTreeMap, BTreeSet};

use yaserde::YaDeserialize;

/// Declares a yaserde structure in the WSDL's namespaces.
macro_rules! wsdl {
    ($prefix:literal, $element:literal, $name:ident { $($(#[$inner:meta])* $field:ident: $ty:ty,)* }) => {
        #[derive(Debug, Default, YaDeserialize)]
        #[yaserde(
            prefix = $prefix,
            rename = $element,
            namespaces = {
                "wsdl" = "http://schemas.xmlsoap.org/wsdl/",
                "xsd" = "http://www.w3.org/2001/XMLSchema",
                "soap" = "http://schemas.xmlsoap.org/wsdl/soap/"
            }
        )]
        struct $name { $($(#[$inner])* $field: $ty,)* }
    };
}

wsdl!("wsdl", "definitions", Definitions {
    #[yaserde(prefix = "wsdl")] types: Types,
    #[yaserde(prefix = "wsdl", rename = "message")] messages: Vec<Message>,
    #[yaserde(prefix = "wsdl", rename = "portType")] port_types: Vec<PortType>,
    #[yaserde(prefix = "wsdl", rename = "binding")] bindings: Vec<Binding>,
});
wsdl!(
    "wsdl",
    "types",
    Types {
        #[yaserde(prefix = "xsd", rename = "schema")]
        schemas: Vec<Schema>,
    }
);
wsdl!("xsd", "schema", Schema {
    #[yaserde(attribute = true, rename = "targetNamespace")] namespace: String,
    #[yaserde(prefix = "xsd", rename = "complexType")] complex_types: Vec<ComplexType>,
    #[yaserde(prefix = "xsd", rename = "simpleType")] simple_types: Vec<SimpleType>,
});
wsdl!(
    "xsd",
    "simpleType",
    SimpleType {
        #[yaserde(attribute = true)]
        name: String,
        #[yaserde(prefix = "xsd")]
        restriction: Enumerated,
    }
);
wsdl!("xsd", "restriction", Enumerated {
    #[yaserde(prefix = "xsd", rename = "enumeration")] values: Vec<Enumeration>,
});
wsdl!(
    "xsd",
    "enumeration",
    Enumeration {
        #[yaserde(attribute = true)]
        value: String,
    }
);
wsdl!("xsd", "complexType", ComplexType {
    #[yaserde(attribute = true)] name: String,
    #[yaserde(prefix = "xsd")] sequence: Option<Sequence>,
    #[yaserde(prefix = "xsd", rename = "complexContent")] content: Option<ComplexContent>,
});
wsdl!("xsd", "sequence", Sequence {
    #[yaserde(prefix = "xsd", rename = "element")] elements: Vec<ElementDeclaration>,
});
wsdl!("xsd", "element", ElementDeclaration {
    #[yaserde(attribute = true)] name: String,
    #[yaserde(attribute = true, rename = "type")] ty: String,
    #[yaserde(attribute = true)] nillable: Option<bool>,
    #[yaserde(attribute = true, rename = "minOccurs")] at_least: Option<u32>,
});
wsdl!(
    "xsd",
    "complexContent",
    ComplexContent {
        #[yaserde(prefix = "xsd")]
        restriction: Restriction,
    }
);
wsdl!(
    "xsd",
    "restriction",
    Restriction {
        #[yaserde(prefix = "xsd")]
        attribute: AttributeUse,
    }
);
wsdl!(
    "xsd",
    "attribute",
    AttributeUse {
        #[yaserde(attribute = true, prefix = "wsdl", rename = "arrayType")]
        array_type: String,
    }
);
wsdl!("wsdl", "message", Message {
    #[yaserde(attribute = true)] name: String,
    #[yaserde(prefix = "wsdl", rename = "part")] parts: Vec<Part>,
});
wsdl!(
    "wsdl",
    "part",
    Part {
        #[yaserde(attribute = true)]
        name: String,
        #[yaserde(attribute = true, rename = "type")]
        ty: String,
    }
);
wsdl!("wsdl", "portType", PortType {
    #[yaserde(attribute = true)] name: String,
    #[yaserde(prefix = "wsdl", rename = "operation")] operations: Vec<AbstractOperation>,
});
wsdl!(
    "wsdl",
    "operation",
    AbstractOperation {
        #[yaserde(attribute = true)]
        name: String,
        #[yaserde(prefix = "wsdl")]
        input: MessageUse,
        #[yaserde(prefix = "wsdl")]
        output: MessageUse,
        #[yaserde(prefix = "wsdl")]
        fault: MessageUse,
    }
);
wsdl!(
    "wsdl",
    "input",
    MessageUse {
        #[yaserde(attribute = true)]
        message: String,
    }
);
wsdl!("wsdl", "binding", Binding {
    #[yaserde(attribute = true, rename = "type")] ty: String,
    #[yaserde(prefix = "wsdl", rename = "operation")] operations: Vec<BoundOperation>,
});
wsdl!(
    "wsdl",
    "operation",
    BoundOperation {
        #[yaserde(attribute = true)]
        name: String,
        #[yaserde(prefix = "wsdl")]
        input: BoundInput,
    }
);
wsdl!(
    "wsdl",
    "input",
    BoundInput {
        #[yaserde(prefix = "soap")]
        body: BoundBody,
        #[yaserde(prefix = "soap")]
        header: Option<BoundHeader>,
    }
);
wsdl!(
    "soap",
    "header",
    BoundHeader {
        #[yaserde(attribute = true)]
        part: String,
    }
);
wsdl!(
    "soap",
    "body",
    BoundBody {
        #[yaserde(attribute = true)]
        namespace: String,
    }
);

/// What the contract says, in its own order.
#[derive(Debug, Default)]
pub(super) struct Contract {
    pub(super) records: Vec<RecordType>,
    pub(super) arrays: Vec<ArrayType>,
    pub(super) enumerations: Vec<EnumerationType>,
    pub(super) operations: Vec<Operation>,
}

/// A structure.
#[derive(Debug)]
pub(super) struct RecordType {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) members: Vec<Member>,
}

/// A member or a parameter.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) nillable: bool,
    /// May be left out.
    pub(super) optional: bool,
}

/// Text of which the values are listed; an empty list leaves them open.
#[derive(Debug)]
pub(super) struct EnumerationType {
    pub(super) name: String,
    pub(super) values: Vec<String>,
}

/// An array type.
#[derive(Debug)]
pub(super) struct ArrayType {
    pub(super) name: String,
    pub(super) item: Type,
}

/// A type by what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Type {
    /// Local name in XML Schema.
    Scalar(String),
    /// Text under a name of its own.
    Enumeration(String),
    Record(String),
    /// Name of the array type, and its items.
    Array(String, Box<Type>),
}

/// An operation of a port.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) port: String,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) parameters: Vec<Member>,
    pub(super) result: Option<Type>,
    /// Whether the auth header is part of the call.
    pub(super) authenticated: bool,
}

impl Operation {
    /// The namespace of the port on the literal wire.
    pub(super) fn literal_namespace(&self) -> String {
        format!("{}:literal", self.namespace)
    }
}

/// Types by name, while they are looked up.
struct Names {
    arrays: BTreeMap<String, String>,
    records: Vec<String>,
    simple: Vec<String>,
}

impl Names {
    /// The type behind a prefixed name.
    fn find(&self, qname: &str) -> Result<Type, String> {
        let (prefix, local) = qname.split_once(':').ok_or_else(|| format!("type {qname} has no prefix"))?;
        if prefix == "xsd" {
            return Ok(Type::Scalar(local.to_owned()));
        }
        if let Some(item) = self.arrays.get(local) {
            return Ok(Type::Array(local.to_owned(), Box::new(self.find(item)?)));
        }
        if self.simple.iter().any(|name| name == local) {
            return Ok(Type::Enumeration(local.to_owned()));
        }
        match self.records.iter().any(|name| name == local) {
            true => Ok(Type::Record(local.to_owned())),
            false => Err(format!("type {qname} is not declared")),
        }
    }
}

impl Contract {
    /// Reads the document.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let document: Definitions = yaserde::de::from_str(text).map_err(|e| e.to_string())?;
        let complex_types = || document.types.schemas.iter().flat_map(|schema| &schema.complex_types);
        let mut names = Names { arrays: BTreeMap::new(), records: Vec::new(), simple: Vec::new() };
        for ty in complex_types() {
            match (&ty.content, &ty.sequence) {
                (Some(content), _) => {
                    let item = content.restriction.attribute.array_type.trim_end_matches("[]").to_owned();
                    names.arrays.insert(ty.name.clone(), item);
                }
                (None, Some(_)) => names.records.push(ty.name.clone()),
                (None, None) => return Err(format!("type {} is neither structure nor array", ty.name)),
            }
        }
        let simple_types = document.types.schemas.iter().flat_map(|schema| &schema.simple_types);
        names.simple.extend(simple_types.map(|ty| ty.name.clone()));
        let mut seen = BTreeSet::new();
        if let Some(twice) = complex_types().find(|ty| !seen.insert(&ty.name)) {
            return Err(format!("type {} is declared in two namespaces", twice.name));
        }
        let mut contract = Self::default();
        for schema in &document.types.schemas {
            contract.enumerations.extend(schema.simple_types.iter().map(|ty| EnumerationType {
                name: ty.name.clone(),
                values: ty.restriction.values.iter().map(|one| one.value.clone()).collect(),
            }));
            for ty in &schema.complex_types {
                let (name, namespace) = (ty.name.clone(), schema.namespace.clone());
                if let Some(item) = names.arrays.get(&ty.name) {
                    contract.arrays.push(ArrayType { name, item: names.find(item)? });
                } else if let Some(sequence) = &ty.sequence {
                    let members =
                        sequence.elements.iter().map(|element| member(&names, element)).collect::<Result<_, _>>()?;
                    contract.records.push(RecordType { name, namespace, members });
                }
            }
        }
        for port in &document.port_types {
            contract.operations.extend(operations(&document, &names, port)?);
        }
        Ok(contract)
    }
}

fn member(names: &Names, element: &ElementDeclaration) -> Result<Member, String> {
    Ok(Member {
        name: element.name.clone(),
        ty: names.find(&element.ty)?,
        nillable: element.nillable.unwrap_or(false),
        optional: element.at_least == Some(0),
    })
}

/// The operations of a port, checked against its binding: both must name the same ones, and every one the fault.
fn operations(document: &Definitions, names: &Names, port: &PortType) -> Result<Vec<Operation>, String> {
    let name = port.name.strip_suffix("PortType").ok_or_else(|| format!("port type {} is not XPortType", port.name))?;
    let binding = document.bindings.iter().find(|binding| binding.ty.ends_with(&format!(":{}", port.name)));
    let binding = binding.ok_or_else(|| format!("port type {} has no binding", port.name))?;
    if binding.operations.len() != port.operations.len() {
        return Err(format!("binding of {} has other operations than its port type", port.name));
    }
    let parts = |used: &MessageUse| {
        let local = used.message.rsplit(':').next().unwrap_or_default();
        let message = document.messages.iter().find(|message| message.name == local);
        message.map(|message| &message.parts).ok_or_else(|| format!("message {} is not declared", used.message))
    };
    let mut found = Vec::new();
    for operation in &port.operations {
        let bound = binding.operations.iter().find(|bound| bound.name == operation.name);
        let bound = bound.ok_or_else(|| format!("{name}.{} is not bound", operation.name))?;
        if !operation.fault.message.ends_with(":ExceptionFault") {
            return Err(format!("{name}.{} does not declare the fault", operation.name));
        }
        let parameters = parts(&operation.input)?.iter().map(|part| {
            Ok(Member { name: part.name.clone(), ty: names.find(&part.ty)?, nillable: true, optional: false })
        });
        let results = parts(&operation.output)?;
        if results.len() > 1 {
            return Err(format!("{name}.{} has more than one result part", operation.name));
        }
        found.push(Operation {
            port: name.to_owned(),
            namespace: bound.input.body.namespace.clone(),
            name: operation.name.clone(),
            parameters: parameters.collect::<Result<_, String>>()?,
            result: results.first().map(|part| names.find(&part.ty)).transpose()?,
            authenticated: bound.input.header.as_ref().is_some_and(|header| header.part == "auth"),
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published contract with something changed.
    fn read(from: &str, to: &str) -> Result<Contract, String> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wsdl/ngnpro.wsdl");
        let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
        assert!(text.contains(from), "{from} is no longer in the contract");
        Contract::read(&text.replacen(from, to, 1))
    }

    #[test]
    fn a_contract_that_contradicts_itself_is_refused_in_words() {
        let result = "<message name=\"Sip_getGroupsResponse\"><part name=\"return\" type=\"ngnpro:StringArray\"/>";
        let group = "<operation name=\"getGroups\"><soap:operation";
        for (name, from, to, words) in [
            ("undeclared type", "type=\"ngnpro:SipId\"", "type=\"ngnpro:SipIdd\"", "SipIdd is not declared"),
            ("no prefix", "type=\"ngnpro:SipId\"", "type=\"SipId\"", "has no prefix"),
            (
                "two results",
                result,
                &format!("{result}<part name=\"total\" type=\"xsd:int\"/>"),
                "more than one result",
            ),
            ("not bound", group, "<operation name=\"getGroup\"><soap:operation", "getGroups is not bound"),
            ("no message", "name=\"Sip_getGroups\"", "name=\"Sip_getGroup\"", "Sip_getGroups is not declared"),
            ("no binding", "type=\"tns:SipPortType\"", "type=\"tns:SipsPortType\"", "has no binding"),
            ("twice", "complexType name=\"SipId\"", "complexType name=\"SipDomain\"", "two namespaces"),
        ] {
            let error = read(from, to).map(|_| ()).unwrap_err();
            assert!(error.contains(words), "{name}: {error}");
        }
    }

    #[test]
    fn every_operation_but_those_of_accounts_takes_the_header_and_every_type_is_used() {
        let contract = read("<types>", "<types>").unwrap();
        for operation in &contract.operations {
            assert_eq!(operation.authenticated, operation.port != "Presence", "{}.{}", operation.port, operation.name);
        }
        let used: BTreeSet<String> =
            super::super::literal::documents(&contract).into_iter().map(|(_, document)| document).collect();
        for name in
            contract.records.iter().map(|record| &record.name).chain(contract.arrays.iter().map(|array| &array.name))
        {
            let declared = format!("complexType name=\"{name}\"");
            assert!(used.iter().any(|document| document.contains(&declared)), "{name} is used by no operation");
        }
    }
}
