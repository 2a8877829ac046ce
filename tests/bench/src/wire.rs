//! What carries the generator's messages, and the little that it reads of them and writes in answer.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};

/// The way between the callers and the proxy.
pub enum Wire {
    /// Datagrams, all from one port.
    Udp(UdpSocket),
    /// One connection.
    Tcp(TcpStream, Vec<u8>),
}

impl Wire {
    /// A port of its own on loopback.
    pub fn udp(proxy: SocketAddr) -> io::Result<Wire> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(proxy)?;
        socket.set_nonblocking(true)?;
        Ok(Wire::Udp(socket))
    }

    /// A new connection.
    pub fn tcp(proxy: SocketAddr) -> io::Result<Wire> {
        let stream = TcpStream::connect(proxy)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Wire::Tcp(stream, Vec::new()))
    }

    /// As a Via names it.
    pub fn transport(&self) -> &'static str {
        match self {
            Wire::Udp(_) => "UDP",
            Wire::Tcp(..) => "TCP",
        }
    }

    /// Our port.
    pub fn port(&self) -> u16 {
        let address = match self {
            Wire::Udp(socket) => socket.local_addr(),
            Wire::Tcp(stream, _) => stream.local_addr(),
        };
        address.map_or(0, |address| address.port())
    }

    /// Sends a message.
    pub fn send(&mut self, message: &[u8]) -> io::Result<()> {
        let Wire::Tcp(stream, _) = self else {
            let Wire::Udp(socket) = self else { return Ok(()) };
            // A full buffer is a lost datagram: it is sent again later.
            return socket.send(message).map(drop).or(Ok(()));
        };
        let mut rest = message;
        while !rest.is_empty() {
            match stream.write(rest) {
                Ok(length) => rest = &rest[length..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::yield_now(),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The next message, if one has come.
    pub fn receive(&mut self, buffer: &mut [u8]) -> io::Result<Option<String>> {
        match self {
            Wire::Udp(socket) => {
                Ok(socket.recv(buffer).ok().map(|length| String::from_utf8_lossy(&buffer[..length]).into_owned()))
            }
            Wire::Tcp(stream, gathered) => {
                if let Some(message) = cut(gathered) {
                    return Ok(Some(message));
                }
                match stream.read(buffer) {
                    Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
                    Ok(length) => {
                        gathered.extend_from_slice(&buffer[..length]);
                        Ok(cut(gathered))
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
                    Err(error) => Err(error),
                }
            }
        }
    }
}

/// Takes the first whole message off a stream.
fn cut(gathered: &mut Vec<u8>) -> Option<String> {
    let head = gathered.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&gathered[..head]).into_owned();
    let body: usize = header(&text, "content-length")?.parse().ok()?;
    if gathered.len() < head + body {
        return None;
    }
    let rest = gathered.split_off(head + body);
    let message = std::mem::replace(gathered, rest);
    Some(String::from_utf8_lossy(&message).into_owned())
}

/// The values of a header, line by line.
pub fn headers<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    text.split("\r\n").skip(1).take_while(|line| !line.is_empty()).filter_map(move |line| {
        let (field, value) = line.split_once(':')?;
        field.trim_end().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The first value of a header.
pub fn header<'a>(text: &'a str, name: &'a str) -> Option<&'a str> {
    headers(text, name).next()
}

/// The nonce of the MD5 challenge; there may be one for each algorithm.
pub fn md5_nonce(text: &str) -> Option<String> {
    let challenges = headers(text, "www-authenticate").chain(headers(text, "proxy-authenticate"));
    let md5 = challenges.into_iter().find(|value| !value.to_ascii_uppercase().contains("SHA-"))?;
    md5.split("nonce=\"").nth(1)?.split('"').next().map(str::to_string)
}

/// A response with what RFC 3261 §8.2.6.2 has copied.
pub fn reply(request: &str, status: &str, contact: Option<&str>, body: &str) -> String {
    let mut text = format!("SIP/2.0 {status}\r\n");
    for name in ["Via", "Record-Route", "From", "Call-ID", "CSeq"] {
        for value in headers(request, name) {
            text += &format!("{name}: {value}\r\n");
        }
    }
    let to = header(request, "to").unwrap_or_default();
    text += &if to.contains("tag=") { format!("To: {to}\r\n") } else { format!("To: {to};tag=callee\r\n") };
    if let Some(contact) = contact {
        text += &format!("Contact: {contact}\r\n");
    }
    if !body.is_empty() {
        text += "Content-Type: application/sdp\r\n";
    }
    text + &format!("Content-Length: {}\r\n\r\n{body}", body.len())
}
