//! What is read and what is refused: XML 1.0, the envelope's rules, character sets, references, limits.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use soap::schema::{ArrayType, Member, OperationType, RecordType, Scalar, Type};
use soap::{
    DecodeError, Element, Envelope, FaultCode, Limits, Malformed, NoCall, Record, Version, Wire, Writer, read_record,
};

/// A structure with one member of each kind.
#[derive(Debug, Default, Clone, PartialEq)]
struct Sample {
    text: Option<String>,
    number: Option<i32>,
    flag: Option<bool>,
    list: Option<Vec<String>>,
    inner: Option<Inner>,
    inners: Option<Vec<Inner>>,
}

#[derive(Debug, Default, Clone, PartialEq)]
struct Inner {
    name: Option<String>,
    value: Option<f64>,
}

static LIST: ArrayType = ArrayType { name: "StringArray", item: Type::Scalar(Scalar::String) };
static INNERS: ArrayType = ArrayType { name: "InnerArray", item: Type::Record(&INNER) };
static INNER: RecordType = RecordType {
    name: "Inner",
    namespace: "urn:other",
    members: &[
        Member { name: "name", ty: Type::Scalar(Scalar::String), nillable: true },
        Member { name: "value", ty: Type::Scalar(Scalar::Double), nillable: true },
    ],
};
static SAMPLE: RecordType = RecordType {
    name: "Sample",
    namespace: "urn:m",
    members: &[
        Member { name: "text", ty: Type::Scalar(Scalar::String), nillable: true },
        Member { name: "number", ty: Type::Scalar(Scalar::Int), nillable: true },
        Member { name: "flag", ty: Type::Scalar(Scalar::Boolean), nillable: true },
        Member { name: "list", ty: Type::Array(&LIST), nillable: true },
        Member { name: "inner", ty: Type::Record(&INNER), nillable: true },
        Member { name: "inners", ty: Type::Array(&INNERS), nillable: true },
    ],
};

impl Record for Sample {
    const TYPE: &'static RecordType = &SAMPLE;

    fn read_member(&mut self, index: usize, element: Element<'_>) -> Result<(), DecodeError> {
        match index {
            0 => self.text = Wire::read(element)?,
            1 => self.number = Wire::read(element)?,
            2 => self.flag = Wire::read(element)?,
            3 => self.list = Wire::read(element)?,
            4 => self.inner = Wire::read(element)?,
            _ => self.inners = Wire::read(element)?,
        }
        Ok(())
    }

    fn write_members<W: Writer>(&self, _: &mut W) {}
}

impl Record for Inner {
    const TYPE: &'static RecordType = &INNER;

    fn read_member(&mut self, index: usize, element: Element<'_>) -> Result<(), DecodeError> {
        match index {
            0 => self.name = Wire::read(element)?,
            _ => self.value = Wire::read(element)?,
        }
        Ok(())
    }

    fn write_members<W: Writer>(&self, _: &mut W) {}
}

soap::wire_records!(Inner);

const HEAD: &str = r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:m="urn:m">"#;

fn body(inside: &str) -> String {
    format!("{HEAD}<e:Body>{inside}</e:Body></e:Envelope>")
}

fn call(parameters: &str) -> String {
    body(&format!("<m:call>{parameters}</m:call>"))
}

fn read(bytes: &[u8]) -> Result<Envelope, Malformed> {
    Envelope::read(bytes, None, &Limits::default())
}

fn known(namespace: &str, name: &str) -> Option<()> {
    (namespace == "urn:m" && name == "call").then_some(())
}

/// The call's parameters as a structure.
fn decode(message: &str) -> Result<Sample, String> {
    decode_bytes(message.as_bytes(), None)
}

fn decode_bytes(bytes: &[u8], charset: Option<&str>) -> Result<Sample, String> {
    let envelope = Envelope::read(bytes, charset, &Limits::default()).map_err(|e| e.fault.text)?;
    let call = envelope.call(known).map_err(|e| format!("{e:?}"))?;
    read_record(call.parameters).map_err(|e| e.to_string())
}

fn text_of(message: &str) -> String {
    decode(message).unwrap().text.unwrap()
}

fn refusal(message: &str) -> String {
    let malformed = read(message.as_bytes()).unwrap_err();
    assert_eq!(malformed.fault.code, FaultCode::Client);
    malformed.fault.text
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let good = call("<text>x</text>");
    assert!(read(good.as_bytes()).is_ok());
    for (name, message) in [
        ("nothing", String::new()),
        ("json", "{\"a\":1}".to_owned()),
        ("cut", good[..good.len() - 20].to_owned()),
        ("only opened", "<a>".to_owned()),
        ("text behind", format!("{good}x")),
        ("reference behind", format!("{good}&lt;")),
        ("second root", format!("{good}{good}")),
        ("white space before the declaration", format!(" <?xml version=\"1.0\"?>{good}")),
        ("declaration inside", call("<?xml version=\"1.0\"?>")),
        ("declaration without version", format!("<?xml encoding=\"UTF-8\"?>{good}")),
        ("declaration in disorder", format!("<?xml encoding=\"UTF-8\" version=\"1.0\"?>{good}")),
        ("unknown prefix", call("<nope:text/>")),
        ("unknown prefix of an attribute", call("<text nope:a=\"1\"/>")),
        ("prefix bound to nothing", call("<text xmlns:a=\"\"/>")),
        ("two colons", call("<m:a:b/>")),
        ("name that begins with a digit", call("<1a/>")),
        ("attribute twice", call("<text a=\"1\" a=\"2\"/>")),
        ("attribute twice by namespace", call("<text xmlns:n=\"urn:m\" n:a=\"1\" m:a=\"2\"/>")),
        ("attribute without quotes", call("<text a=1/>")),
        ("attribute without value", call("<text a/>")),
        ("attributes without space", call("<text a=\"1\"b=\"2\"/>")),
        ("< in an attribute", call("<text a=\"<\"/>")),
        ("open reference", call("<text>a & b</text>")),
        ("entity", call("<text>&nbsp;</text>")),
        ("entity in an attribute", call("<text a=\"&nbsp;\"/>")),
        ("]]> in text", call("<text>a]]>b</text>")),
        ("two hyphens in a comment", call("<!-- a -- b -->")),
        ("three hyphens at a comment's end", call("<!-- a --->")),
        ("control character", call("<text>\u{1}</text>")),
        ("control character by number", call("<text>&#1;</text>")),
        ("nul by number", call("<text>&#0;</text>")),
        ("no character", call("<text>&#xFFFE;</text>")),
        ("beyond all characters", call("<text>&#x110000;</text>")),
        ("number with a sign", call("<text>&#+65;</text>")),
        ("half a character", call("<text>&#xD83D;</text>")),
        ("the other half", call("<text>&#xDE00;</text>")),
        ("halves apart", call("<text>&#xD83D;x&#xDE00;</text>")),
        ("crossed tags", call("<text><a></text></a>")),
        ("instruction called XML", call("<?XmL x?>")),
    ] {
        assert!(read(message.as_bytes()).is_err(), "{name}");
    }
}

#[test]
fn what_is_well_formed_is_read_whatever_its_dress() {
    let plain = decode(&call("<text>x</text>")).unwrap();
    for (name, message) in [
        ("declaration", format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", call("<text>x</text>"))),
        ("declaration in single quotes", format!("<?xml version='1.0' standalone='yes'?>{}", call("<text>x</text>"))),
        ("byte order mark", format!("\u{feff}{}", call("<text>x</text>"))),
        ("comments", format!("<!-- a -->{}<!-- b -->", call("<!----><text><!-- x -->x</text>"))),
        ("instruction", call("<?p q?><text>x</text>")),
        ("cdata", call("<text><![CDATA[x]]></text>")),
        ("white space", call("\n <text >x</text\n>\n")),
        ("default namespace", call("<text xmlns=\"urn:other\">x</text>")),
        ("another prefix", call("<p:text xmlns:p=\"urn:other\">x</p:text>")),
        ("single quotes", call("<text a='\"'>x</text>")),
        ("unknown members", call("<other><deep/></other><text>x</text><another/>")),
        ("xsi:type without meaning", call("<text xsi:type=\"zork:thing\">x</text>")),
        ("number by type, text by schema", call("<text xsi:type=\"xsd:int\">x</text>")),
    ] {
        assert_eq!(decode(&message).as_ref(), Ok(&plain), "{name}");
    }
}

#[test]
fn a_document_type_is_refused_and_nothing_expanded() {
    for subset in ["[]", "SYSTEM \"http://127.0.0.1/x.dtd\"", "[<!ENTITY e \"x\"><!ENTITY f \"&e;&e;\">]"] {
        let message = format!("<!DOCTYPE x {subset}>{}", call("<text>&f;</text>"));
        assert!(refusal(&message).contains("document type"), "{subset}");
    }
}

#[test]
fn text_is_kept_as_sent_except_for_its_line_ends() {
    assert_eq!(text_of(&call("<text> p&amp;&lt;&gt;&quot;&apos; </text>")), " p&<>\"' ");
    assert_eq!(text_of(&call("<text>a\r\nb\rc\nd&#13;&#10;e</text>")), "a\nb\nc\nd\r\ne");
    assert_eq!(text_of(&call("<text>a<!-- - -->b<![CDATA[&amp;]]>c</text>")), "ab&amp;c");
    assert_eq!(text_of(&call("<text>&#x17D;&#381;\u{1f600}</text>")), "\u{17d}\u{17d}\u{1f600}");
}

#[test]
fn a_character_written_as_two_surrogate_references_is_put_together() {
    assert_eq!(text_of(&call("<text>a&#xD83D;&#xDE00;b</text>")), "a\u{1f600}b");
    assert_eq!(text_of(&call("<text>&#55357;&#56832;</text>")), "\u{1f600}");
}

#[test]
fn every_character_set_that_is_spoken_gives_the_same_text() {
    let message =
        |encoding: &str| format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>{}", call("<text>\u{e9}</text>"));
    let bare = call("<text>\u{e9}</text>");
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let latin1 = |text: &str| -> Vec<u8> { text.chars().map(|c| u32::from(c) as u8).collect() };
    let with_bom = |bom: &[u8], text: Vec<u8>| [bom, &text].concat();
    for (name, bytes, charset) in [
        ("UTF-8 by default", bare.clone().into_bytes(), None),
        ("UTF-8 declared", message("utf-8").into_bytes(), None),
        ("UTF-16 little endian by mark", with_bom(b"\xff\xfe", utf16(&bare, false)), None),
        ("UTF-16 big endian by mark", with_bom(b"\xfe\xff", utf16(&message("UTF-16"), true)), Some("utf-16")),
        ("UTF-16 without mark", utf16(&message("UTF-16"), true), None),
        ("UTF-16LE without mark", utf16(&message("UTF-16LE"), false), None),
        ("ISO-8859-1 declared", latin1(&message("ISO-8859-1")), None),
        ("ISO-8859-1 declared, media type agrees", latin1(&message("iso-8859-1")), Some("ISO-8859-1")),
        ("Windows-1252 declared", latin1(&message("windows-1252")), None),
        ("ISO-8859-1 by media type", latin1(&bare), Some("ISO-8859-1")),
    ] {
        let sample = decode_bytes(&bytes, charset);
        assert_eq!(sample.map(|sample| sample.text), Ok(Some("\u{e9}".to_owned())), "{name}");
    }
    let ascii = format!("<?xml version=\"1.0\" encoding=\"US-ASCII\"?>{}", call("<text>e</text>"));
    assert_eq!(text_of(&ascii), "e");
}

#[test]
fn bytes_that_are_not_of_their_character_set_are_refused() {
    let with = |declaration: &str, bytes: &[u8]| {
        let (head, tail) = call("<text>@</text>").split_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        [declaration.as_bytes(), head.as_bytes(), bytes, tail.as_bytes()].concat()
    };
    for (name, bytes) in [
        ("lone byte", with("", b"\xff")),
        ("cut sequence", with("", b"\xe2\x82")),
        ("UTF-7", with("<?xml version=\"1.0\" encoding=\"UTF-7\"?>", b"x")),
        ("an unknown name", with("<?xml version=\"1.0\" encoding=\"x-nosuch\"?>", b"x")),
        ("another known to browsers", with("<?xml version=\"1.0\" encoding=\"gbk\"?>", b"x")),
        ("UTF-16 declared over single bytes", with("<?xml version=\"1.0\" encoding=\"UTF-16\"?>", b"x")),
        ("ASCII with more", with("<?xml version=\"1.0\" encoding=\"US-ASCII\"?>", b"\xe9")),
        ("odd UTF-16", [b"\xff\xfe".as_slice(), &[b'<', 0, b'a']].concat()),
    ] {
        assert!(read(&bytes).is_err(), "{name}");
    }
}

#[test]
fn a_number_is_read_through_white_space_and_null_in_its_four_spellings() {
    for (value, number) in [
        ("<number> 7\n</number>", Some(7)),
        ("<number xsi:type=\"xsd:string\">+7</number>", Some(7)),
        ("<number>7.0</number>", Some(7)),
        ("<number/>", None),
        ("<number xsi:type=\"xsd:string\"></number>", None),
        ("<number xsi:nil=\"true\">7</number>", None),
        ("<number xsi:nil=\"1\"/>", None),
        ("<number xsi:nil=\"0\">7</number>", Some(7)),
        ("", None),
    ] {
        assert_eq!(decode(&call(value)).map(|sample| sample.number), Ok(number), "{value}");
    }
    for value in ["seven", "7.5", "2147483648", "0x7", "7 7"] {
        let error = decode(&call(&format!("<number>{value}</number>"))).unwrap_err();
        assert_eq!(error, "call.number: not a whole number in its range", "{value}");
    }
}

#[test]
fn booleans_come_in_words_and_numbers() {
    for (value, flag) in [
        ("true", Some(true)),
        ("1", Some(true)),
        (" TRUE ", Some(true)),
        ("0", Some(false)),
        ("false", Some(false)),
        ("", None),
    ] {
        let message = call(&format!("<flag xsi:type=\"xsd:int\">{value}</flag>"));
        assert_eq!(decode(&message).map(|sample| sample.flag), Ok(flag), "{value}");
    }
    assert!(decode(&call("<flag>yes</flag>")).is_err());
}

#[test]
fn arrays_are_read_in_every_form_and_null_is_empty() {
    let ab = Some(vec!["a".to_owned(), "b".to_owned()]);
    for (name, value, list) in [
        (
            "typed",
            "<list xsi:type=\"enc:Array\" enc:arrayType=\"xsd:string[2]\" enc:offset=\"[0]\"><item xsi:type=\"xsd:string\">a</item><item>b</item></list>",
            ab.clone(),
        ),
        (
            "wrong size",
            "<list enc:arrayType=\"xsd:string[2147483647]\"><item>a</item><item>b</item></list>",
            ab.clone(),
        ),
        ("untyped", "<list><item>a</item><item>b</item></list>", ab.clone()),
        ("other item names", "<list><Item>a</Item><list>b</list></list>", ab),
        ("empty", "<list xsi:type=\"enc:Array\" enc:arrayType=\"xsd:anyType[0]\"/>", Some(vec![])),
        ("empty and null", "<list enc:arrayType=\"xsd:anyType[0]\" xsi:nil=\"true\"/>", Some(vec![])),
        ("null", "<list/>", Some(vec![])),
        ("null in a string", "<list xsi:type=\"xsd:string\"></list>", Some(vec![])),
        ("one empty text", "<list><item xsi:type=\"xsd:string\"></item></list>", Some(vec![String::new()])),
        ("left out", "", None),
    ] {
        assert_eq!(decode(&call(value)).map(|sample| sample.list), Ok(list), "{name}");
    }
    assert_eq!(decode(&call("<list>a</list>")).unwrap_err(), "call.list: an array is expected");
}

#[test]
fn an_array_of_structures_keeps_one_as_one_and_takes_the_one_in_its_place() {
    let inner = |name: &str| Inner { name: Some(name.to_owned()), value: None };
    for (value, inners) in [
        ("<inners enc:arrayType=\"Struct[1]\"><item><name>a</name></item></inners>", vec![inner("a")]),
        ("<inners><item><name>a</name></item><item><name>b</name></item></inners>", vec![inner("a"), inner("b")]),
        ("<inners xsi:type=\"m:Inner\"><name>a</name></inners>", vec![inner("a")]),
    ] {
        assert_eq!(decode(&call(value)).map(|sample| sample.inners), Ok(Some(inners)), "{value}");
    }
}

#[test]
fn a_structure_is_null_when_nil_empty_or_an_empty_array() {
    for value in [
        "<inner/>",
        "<inner xsi:nil=\"true\"/>",
        "<inner xsi:type=\"enc:Array\" enc:arrayType=\"xsd:anyType[0]\"/>",
        "",
    ] {
        assert_eq!(decode(&call(value)).map(|sample| sample.inner), Ok(None), "{value}");
    }
    assert_eq!(decode(&call("<inner>x</inner>")).unwrap_err(), "call.inner: a structure is expected");
    assert_eq!(decode(&call("<inner><value>x</value></inner>")).unwrap_err(), "call.inner.value: not a number");
}

#[test]
fn of_repeated_members_the_last_counts_and_their_order_does_not() {
    let sample = decode(&call("<number>1</number><text>a</text><number>2</number>")).unwrap();
    assert_eq!((sample.number, sample.text.as_deref()), (Some(2), Some("a")));
}

#[test]
fn a_string_sent_as_base64_is_decoded_and_no_other_type_is_believed() {
    assert_eq!(text_of(&call("<text xsi:type=\"xsd:base64Binary\">w6k=</text>")), "\u{e9}");
    assert_eq!(text_of(&call("<text xsi:type=\"enc:base64\">w6k=</text>")), "\u{e9}");
    assert_eq!(text_of(&call("<text xsi:type=\"xsd:int\">0031</text>")), "0031");
    assert!(decode(&call("<text xsi:type=\"xsd:base64Binary\">!</text>")).is_err());
}

#[test]
fn references_are_followed_at_any_depth_and_in_both_versions() {
    let message = body(
        "<m:call><inner href=\"#a\"/><number href=\"#n\"/><list href=\"#l\"/></m:call>\
         <x id=\"a\" enc:root=\"0\" xsi:type=\"m:Inner\"><name href=\"#s\"/></x><s id=\"s\">deep</s>\
         <n id=\"n\" enc:root=\"0\">7</n><enc:Array id=\"l\" enc:arrayType=\"xsd:string[2]\"><Item>a</Item><Item href=\"#s\"/></enc:Array>",
    );
    let sample = decode(&message).unwrap();
    assert_eq!(sample.inner.unwrap().name.as_deref(), Some("deep"));
    assert_eq!((sample.number, sample.list), (Some(7), Some(vec!["a".to_owned(), "deep".to_owned()])));
    let second = message
        .replace("http://schemas.xmlsoap.org/soap/envelope/", soap::ns::ENVELOPE_12)
        .replace("http://schemas.xmlsoap.org/soap/encoding/", soap::ns::ENCODING_12)
        .replace("href=\"#", "enc:ref=\"")
        .replace(" id=", " enc:id=")
        .replace(" enc:root=\"0\"", "");
    assert_eq!(decode(&second).unwrap().number, Some(7));
}

#[test]
fn references_that_lead_nowhere_out_or_in_circles_are_refused() {
    for (inside, why) in [
        ("<m:call><inner href=\"#a\"/></m:call>", "leads to no element"),
        ("<m:call><inner href=\"http://127.0.0.1/\"/></m:call>", "leads out of the message"),
        ("<m:call><inner href=\"cid:a\"/></m:call>", "leads out of the message"),
        ("<m:call id=\"a\"><inner href=\"#a\"/></m:call>", "circle"),
        ("<m:call><inner href=\"#a\"/></m:call><x id=\"a\" href=\"#b\"/><x id=\"b\" href=\"#a\"/>", "circle"),
        ("<m:call><inner id=\"a\"/><text id=\"a\"/></m:call>", "same id"),
    ] {
        assert!(refusal(&body(inside)).contains(why), "{inside}");
    }
}

#[test]
fn references_cannot_make_a_small_message_large() {
    let mut inside = "<m:call><inner href=\"#n0\"/></m:call>".to_owned();
    for level in 0..12 {
        inside.push_str(&format!("<x id=\"n{level}\">{}</x>", format!("<y href=\"#n{}\"/>", level + 1).repeat(10)));
    }
    inside.push_str("<x id=\"n12\">x</x>");
    assert!(refusal(&body(&inside)).contains("limit for elements, references followed"));
    let mut chain = "<m:call><inner href=\"#n0\"/></m:call>".to_owned();
    for link in 0..5000 {
        chain.push_str(&format!("<x id=\"n{link}\" href=\"#n{}\"/>", link + 1));
    }
    chain.push_str("<x id=\"n5000\">x</x>");
    assert!(refusal(&body(&chain)).contains("limit for depth, references followed"));
}

#[test]
fn each_limit_has_its_own_words() {
    let limits = Limits { body_bytes: 4000, depth: 5, nodes: 20, attributes: 4, name_bytes: 30 };
    let refusal = |message: &str| Envelope::read(message.as_bytes(), None, &limits).unwrap_err().fault.text;
    assert!(
        Envelope::read(
            call("<text>x</text>").replace(" xmlns:enc=\"http://schemas.xmlsoap.org/soap/encoding/\"", "").as_bytes(),
            None,
            &limits
        )
        .is_ok()
    );
    let lean = |inside: &str| call(inside).replace(" xmlns:enc=\"http://schemas.xmlsoap.org/soap/encoding/\"", "");
    assert!(refusal(&" ".repeat(4001)).contains("its size"));
    assert!(refusal(&lean(&format!("{}{}", "<a>".repeat(3), "</a>".repeat(3)))).contains("depth"));
    assert!(refusal(&lean(&"<a/>".repeat(20))).contains("elements"));
    assert!(refusal(&lean(&"<!---->".repeat(20))).contains("elements"));
    assert!(refusal(&lean("<a a=\"\" b=\"\" c=\"\" d=\"\" e=\"\"/>")).contains("attributes"));
    assert!(refusal(&lean(&format!("<{}/>", "a".repeat(31)))).contains("length of a name"));
}

#[test]
fn floods_are_refused_before_they_cost_anything() {
    let deep = "<a>".repeat(300_000);
    let namespaces: String = (0..20_000).map(|i| format!(" xmlns:n{i}=\"urn:{i}\"")).collect();
    let instructions = call(&"<?p q?>".repeat(100_000));
    for message in [deep, call(&format!("<h{namespaces}/>")), instructions] {
        assert!(read(message.as_bytes()).is_err());
    }
}

#[test]
fn an_envelope_of_another_namespace_is_a_version_mismatch() {
    let message = call("").replace("http://schemas.xmlsoap.org/soap/envelope/", "urn:other");
    assert_eq!(read(message.as_bytes()).unwrap_err().fault.code, FaultCode::VersionMismatch);
    assert!(refusal("<m:call xmlns:m=\"urn:m\"/>").contains("not a SOAP envelope"));
}

#[test]
fn header_first_and_one_body_is_the_form_of_an_envelope() {
    for inside in ["", "<e:Header/>", "<e:Body/><e:Body/>", "<e:Header/><e:Header/><e:Body/>", "<e:Body/><e:Header/>"] {
        assert!(read(format!("{HEAD}{inside}</e:Envelope>").as_bytes()).is_err(), "{inside}");
    }
    assert!(read(format!("{HEAD}<e:Header/><e:Body/><m:after/></e:Envelope>").as_bytes()).is_ok());
}

#[test]
fn a_message_holds_exactly_one_known_call() {
    let no_call =
        |inside: &str| read(body(inside).as_bytes()).unwrap().call(known).map(|call| call.operation).unwrap_err();
    let unknown =
        |namespace: &str, name: &str| NoCall::Unknown { namespace: namespace.to_owned(), name: name.to_owned() };
    assert!(matches!(no_call(""), NoCall::Malformed(_)));
    assert!(matches!(no_call("<m:call/><m:call/>"), NoCall::Malformed(_)));
    assert_eq!(no_call("<m:other/>"), unknown("urn:m", "other"));
    assert_eq!(no_call("<call/>"), unknown("", "call"));
    assert_eq!(no_call("<o:call xmlns:o=\"urn:o\"/>"), unknown("urn:o", "call"));
    assert!(matches!(no_call("<m:call enc:root=\"0\"/>"), NoCall::Malformed(_)));
}

#[test]
fn a_header_that_must_be_understood_is_understood_or_refused() {
    let message = |attributes: &str| format!("{HEAD}<e:Header><m:h {attributes}/></e:Header><e:Body/></e:Envelope>");
    let check = |attributes: &str, understood: bool| {
        read(message(attributes).as_bytes()).unwrap().check_understood(|block| understood && block.local() == "h")
    };
    for attributes in [
        "e:mustUnderstand=\"1\"",
        "e:mustUnderstand=\"true\"",
        "e:mustUnderstand=\"1\" e:actor=\"\"",
        "e:mustUnderstand=\"1\" e:actor=\"http://schemas.xmlsoap.org/soap/actor/next\"",
    ] {
        assert_eq!(check(attributes, false).unwrap_err().code, FaultCode::MustUnderstand, "{attributes}");
        assert_eq!(check(attributes, true), Ok(()), "{attributes}");
    }
    for attributes in
        ["", "e:mustUnderstand=\"0\"", "mustUnderstand=\"1\"", "e:mustUnderstand=\"1\" e:actor=\"urn:other\""]
    {
        assert_eq!(check(attributes, false), Ok(()), "{attributes}");
    }
}

#[test]
fn an_encoding_style_that_is_not_spoken_is_refused() {
    for (style, good) in [
        ("http://schemas.xmlsoap.org/soap/encoding/", true),
        ("", true),
        ("urn:mine", false),
        ("urn:mine http://schemas.xmlsoap.org/soap/encoding/", true),
    ] {
        let envelope = call("").replacen("<e:Envelope", &format!("<e:Envelope e:encodingStyle=\"{style}\""), 1);
        assert_eq!(read(envelope.as_bytes()).is_ok(), good, "{style}");
        let operation = body(&format!("<m:call e:encodingStyle=\"{style}\"/>"));
        assert_eq!(read(operation.as_bytes()).unwrap().call(known).is_ok(), good, "{style}");
    }
}

#[test]
fn a_soap_12_envelope_is_known_as_such_also_when_refused() {
    let message = call("").replace("http://schemas.xmlsoap.org/soap/envelope/", soap::ns::ENVELOPE_12);
    assert_eq!(read(message.as_bytes()).unwrap().version(), Version::Soap12);
    let headless = message.replace("<e:Body>", "<e:Other>").replace("</e:Body>", "</e:Other>");
    assert_eq!(read(headless.as_bytes()).unwrap_err().version, Version::Soap12);
}

#[test]
fn types_of_another_namespace_are_named_with_it() {
    let operation = |result| OperationType {
        port: "M",
        namespace: "urn:m",
        literal_namespace: "urn:m:literal",
        name: "call",
        parameters: &SAMPLE,
        result: Some(result),
    };
    let record = soap::response(Version::Soap11, &operation(Type::Record(&INNER)), &Inner::default());
    assert!(record.contains("<return xmlns:t=\"urn:other\" xsi:type=\"t:Inner\"></return>"), "{record}");
    let list = soap::response(Version::Soap11, &operation(Type::Array(&INNERS)), &vec![Inner::default()]);
    let head = "<return xmlns:t=\"urn:other\" xsi:type=\"SOAP-ENC:Array\" SOAP-ENC:arrayType=\"t:Inner[1]\">";
    assert!(list.contains(head), "{list}");
}
