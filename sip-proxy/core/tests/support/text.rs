//! SIP messages as a tester reads them: lines of text. Deliberately independent of the parser under test.

/// The value of a header that is not written.
const LEFT_OUT: &str = "left out";

/// A message that was sent or received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) start: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Text {
    pub(crate) fn new(start: impl Into<String>) -> Text {
        Text { start: start.into(), headers: Vec::new(), body: String::new() }
    }

    /// Reads what the core sent. Panics on what no phone could read.
    pub(crate) fn read(bytes: &[u8]) -> Text {
        let text = std::str::from_utf8(bytes).expect("the core sent text");
        let (head, body) = text.split_once("\r\n\r\n").expect("the core sent an empty line");
        let mut lines = head.split("\r\n");
        let mut message = Text::new(lines.next().expect("a start line"));
        for line in lines {
            let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("a header has a colon: {line}"));
            message.headers.push((full_name(name.trim()).to_owned(), value.trim().to_owned()));
        }
        message.body = body.to_owned();
        let length = message.header("Content-Length").map(|length| length.parse::<usize>().expect("a length"));
        assert!(length.is_none_or(|length| length == body.len()), "Content-Length is the body's length:\n{text}");
        message
    }

    /// As it goes over the network, with a Content-Length unless that is left out.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.start);
        for (name, value) in self.headers.iter().filter(|(_, value)| value != LEFT_OUT) {
            text += &format!("{name}: {value}\r\n");
        }
        if self.header("Content-Length").is_none() {
            text += &format!("Content-Length: {}\r\n", self.body.len());
        }
        text += &format!("\r\n{}", self.body);
        text.into_bytes()
    }

    pub(crate) fn status(&self) -> Option<u16> {
        self.start.strip_prefix("SIP/2.0 ")?.split(' ').next()?.parse().ok()
    }

    /// The method of a request; the method that a response answers.
    pub(crate) fn method(&self) -> &str {
        match self.status() {
            None => self.start.split(' ').next().unwrap_or_default(),
            Some(_) => self.header("CSeq").and_then(|cseq| cseq.split_whitespace().nth(1)).unwrap_or_default(),
        }
    }

    pub(crate) fn uri(&self) -> &str {
        self.start.split(' ').nth(1).unwrap_or_default()
    }

    /// The first value of that name.
    pub(crate) fn header<'a>(&'a self, name: &str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// The value of each header line of that name.
    pub(crate) fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.headers.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The values of a header that lists, lines and commas alike.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        self.all(name).flat_map(split_list).collect()
    }

    pub(crate) fn add(&mut self, name: &str, value: impl Into<String>) {
        self.headers.push((name.to_owned(), value.into()));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    }

    /// Replaces all headers of that name, in the place of the first.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        let place = self.headers.iter().position(|(other, _)| other.eq_ignore_ascii_case(name));
        self.remove(name);
        let place = place.unwrap_or(self.headers.len()).min(self.headers.len());
        self.headers.insert(place, (name.to_owned(), value.into()));
    }

    pub(crate) fn tag(&self, name: &str) -> Option<&str> {
        param(self.header(name)?, "tag")
    }

    pub(crate) fn call_id(&self) -> &str {
        self.header("Call-ID").unwrap_or_default()
    }

    pub(crate) fn cseq(&self) -> u32 {
        self.header("CSeq").and_then(|cseq| cseq.split_whitespace().next()?.parse().ok()).unwrap_or_default()
    }
}

/// A parameter of the first value of a header.
pub(crate) fn param<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let after = value.rsplit('>').next().unwrap_or(value);
    after.split(';').skip(1).find_map(|param| {
        let (key, value) = param.split_once('=').unwrap_or((param, ""));
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// What stands in angle brackets, or else all before the parameters.
pub(crate) fn uri_of(value: &str) -> &str {
    match value.split_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or_default(),
        None => value.split(';').next().unwrap_or_default().trim(),
    }
}

fn split_list(line: &str) -> Vec<String> {
    let (mut values, mut current, mut quoted, mut depth) = (Vec::new(), String::new(), false, 0);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            '<' if !quoted => depth += 1,
            '>' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                values.push(std::mem::take(&mut current).trim().to_owned());
                continue;
            }
            _ => {}
        }
        current.push(letter);
    }
    values.push(current.trim().to_owned());
    values
}

fn full_name(name: &str) -> &str {
    match name {
        "v" => "Via",
        "f" => "From",
        "t" => "To",
        "i" => "Call-ID",
        "m" => "Contact",
        "l" => "Content-Length",
        other => other,
    }
}
