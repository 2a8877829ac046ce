//! Mutations of line based messages: bits and bytes, lines and headers, numbers and separators, and pieces of other
//! seeds. A seed of the generator decides all of them.

/// Text that has broken parsers before.
const JUNK: &[&[u8]] = &[
    b"\0",
    b"\xff\xfe",
    b"\xc0\xaf",
    b"%00",
    b"%",
    b"%zz",
    b"<",
    b">",
    b"\"",
    b"\\",
    b";",
    b",",
    b"@",
    b":",
    b"::",
    b"[",
    b"]",
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\r\n ",
    b"\t",
    b" ",
    b"=",
    b"*",
    b"?",
    b"(",
    b"sip:",
    b"tel:+1",
    b"sips:a@b",
    b"SIP/2.0",
    b"SIP/9.0",
    b"z9hG4bK",
    b";lr",
    b";tag=",
    b";rport",
    b";received=[::1]",
    b"[::1]",
    b"<![CDATA[",
    b"&#0;",
    b"<?xml?>",
    b"xsi:nil=\"true\"",
    b"</",
    b"/>",
];

/// Numbers at the edges of what fields hold.
const NUMBERS: &[&[u8]] = &[
    b"0",
    b"-1",
    b"1",
    b"255",
    b"256",
    b"65535",
    b"65536",
    b"4294967295",
    b"4294967296",
    b"18446744073709551616",
    b"99999999999999999999999999999999",
    b"0x41",
    b"+5",
    b"00000000000000000001",
    b"1e9",
    b"",
];

/// Header lines to put in anywhere.
const LINES: &[&[u8]] = &[
    b"Via: SIP/2.0/UDP h;branch=z9hG4bKx",
    b"v:SIP/2.0/TCP a , SIP/2.0/UDP b",
    b"From: <sip:x@y>;tag=1",
    b"t: \"",
    b"CSeq: 1 ACK",
    b"Content-Length: 5",
    b"l : 0",
    b"Max-Forwards: 0",
    b"Route: <sip:a;lr>,<sip:b>",
    b"Contact: *",
    b" folded",
    b"NoColon",
    b": x",
    b"Authorization: Digest a=b,c=\"d",
    b"Expires: 1",
    b"Content-Length:",
    b"Call-ID: 1",
];

const LONGEST: usize = 80_000;

/// Makes inputs without end.
pub struct Mutator {
    state: u64,
    seeds: Vec<Vec<u8>>,
}

impl Mutator {
    /// A generator of inputs from these seeds, of which there must be one.
    pub fn new(seed: u64, seeds: Vec<Vec<u8>>) -> Mutator {
        Mutator { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, seeds }
    }

    /// The next input.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.seed();
        for _ in 0..1 + self.below(6) {
            self.mutate(&mut input);
            input.truncate(LONGEST);
        }
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        if input.is_empty() {
            input.push(b'\r');
        }
        match self.below(12) {
            0 => {
                let at = self.below(input.len());
                input[at] ^= 1 << self.below(8);
            }
            1 => drop(self.cut(input)),
            2 => {
                let piece = self.cut(input);
                let times = [2, 3, 20, 300][self.below(4)];
                let at = self.below(input.len() + 1);
                input.splice(at..at, piece.repeat(times));
            }
            3 | 4 => {
                let at = self.below(input.len() + 1);
                let junk = self.pick(JUNK);
                let times = [1, 1, 1, 2, 400][self.below(5)];
                input.splice(at..at, junk.repeat(times));
            }
            5 => self.replace_number(input),
            6..=9 => self.mutate_lines(input),
            10 => {
                let other = self.seed();
                let (at, from) = (self.below(input.len()), self.below(other.len() + 1));
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            _ => input.truncate(self.below(input.len())),
        }
    }

    fn mutate_lines(&mut self, input: &mut Vec<u8>) {
        let mut lines: Vec<Vec<u8>> = split_lines(input);
        let at = self.below(lines.len());
        match self.below(6) {
            0 => drop(lines.remove(at)),
            1 => {
                let copy = lines[at].clone();
                let to = self.below(lines.len() + 1);
                lines.insert(to, copy);
            }
            2 => {
                let other = self.below(lines.len());
                lines.swap(at, other);
            }
            3 => {
                let line = self.pick(LINES);
                lines.insert(at, line.to_vec());
            }
            4 => {
                let line = &mut lines[at];
                if let Some(space) = line.iter().position(|b| *b == b' ') {
                    line.splice(space..space, *b"\r\n ");
                }
            }
            _ => {
                let separator = b":;=,@<>\" /"[self.below(10)];
                let twice = self.below(2) == 0;
                let line = &mut lines[at];
                if let Some(found) = line.iter().position(|b| *b == separator) {
                    if twice {
                        line.insert(found, separator);
                    } else {
                        line.remove(found);
                    }
                }
            }
        }
        *input = lines.join(&b"\r\n"[..]);
    }

    fn replace_number(&mut self, input: &mut Vec<u8>) {
        let from = self.below(input.len());
        let Some(start) = input[from..].iter().position(u8::is_ascii_digit).map(|at| from + at) else { return };
        let len = input[start..].iter().take_while(|b| b.is_ascii_digit()).count();
        let number = self.pick(NUMBERS);
        input.splice(start..start + len, number.iter().copied());
    }

    fn seed(&mut self) -> Vec<u8> {
        let index = self.below(self.seeds.len());
        self.seeds[index].clone()
    }

    fn cut(&mut self, input: &mut Vec<u8>) -> Vec<u8> {
        let start = self.below(input.len());
        let end = (start + 1 + self.below(40)).min(input.len());
        input.drain(start..end).collect()
    }

    fn pick(&mut self, from: &[&'static [u8]]) -> &'static [u8] {
        from[self.below(from.len())]
    }

    /// A number below `end`, which is not 0 (xorshift64*).
    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let random = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(random).unwrap_or(0) % end.max(1)
    }
}

fn split_lines(input: &[u8]) -> Vec<Vec<u8>> {
    let mut lines = vec![Vec::new()];
    let mut rest = input;
    while let Some((first, after)) = rest.split_first() {
        if rest.starts_with(b"\r\n") {
            lines.push(Vec::new());
            rest = &rest[2..];
        } else {
            lines.last_mut().unwrap_or(&mut Vec::new()).push(*first);
            rest = after;
        }
    }
    lines
}
