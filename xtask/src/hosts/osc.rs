//! A line to a host that is driven by Open Sound Control over UDP, on this machine only.

use std::net::UdpSocket;
use std::time::Duration;

use super::running::until;

/// An argument of a message, as the host takes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Argument<'a> {
    Whole(i32),
    Real(f32),
    Text(&'a str),
}

/// What a host said: the address, and the first argument as a number where it is or spells one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) address: String,
    pub(crate) number: Option<f64>,
}

/// The line.
#[derive(Debug)]
pub(crate) struct Line {
    socket: UdpSocket,
}

impl Line {
    /// A line to the host that listens at a port.
    pub(crate) fn to(port: u16) -> Result<Self, String> {
        let open = || {
            let socket = UdpSocket::bind(("127.0.0.1", 0))?;
            socket.connect(("127.0.0.1", port))?;
            socket.set_nonblocking(true)?;
            Ok(socket)
        };
        open()
            .map(|socket| Self { socket })
            .map_err(|error: std::io::Error| format!("UDP: {error}"))
    }

    /// Sends a message; a host that does not listen is found out by what it does not answer.
    pub(crate) fn send(&self, address: &str, arguments: &[Argument]) {
        let _ = self.socket.send(&packet(address, arguments));
    }

    /// All that the host has said since the last time.
    pub(crate) fn hear(&self) -> Vec<Said> {
        let mut bytes = [0; 8192];
        let mut heard = Vec::new();
        while let Ok(size) = self.socket.recv(&mut bytes) {
            heard.extend(parse(&bytes[..size]));
        }
        heard
    }

    /// Waits until the host says something at an address.
    pub(crate) fn wait(&self, address: &str, at_most: Duration) -> Option<Said> {
        until(at_most, || self.hear().into_iter().find(|said| said.address == address))
    }
}

/// Text with one to four zeros behind it, to a multiple of four bytes.
fn padded(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(text.len() / 4 * 4 + 4, 0);
    bytes
}

fn packet(address: &str, arguments: &[Argument]) -> Vec<u8> {
    let (mut types, mut values) = (",".to_owned(), Vec::new());
    for argument in arguments {
        match argument {
            Argument::Whole(number) => {
                types.push('i');
                values.extend(number.to_be_bytes());
            }
            Argument::Real(number) => {
                types.push('f');
                values.extend(number.to_be_bytes());
            }
            Argument::Text(text) => {
                types.push('s');
                values.extend(padded(text));
            }
        }
    }
    [padded(address), padded(&types), values].concat()
}

fn parse(bytes: &[u8]) -> Option<Said> {
    let text = |from: usize| {
        let rest = bytes.get(from..)?;
        let length = rest.iter().position(|byte| *byte == 0)?;
        Some((String::from_utf8_lossy(&rest[..length]).into_owned(), from + length / 4 * 4 + 4))
    };
    let (address, at) = text(0)?;
    let (types, at) = text(at)?;
    let four = || bytes.get(at..at + 4).map(|four| [four[0], four[1], four[2], four[3]]);
    let number = match types.as_bytes().get(1) {
        Some(b'i') => four().map(|four| f64::from(i32::from_be_bytes(four))),
        Some(b'f') => four().map(|four| f64::from(f32::from_be_bytes(four))),
        Some(b's') => text(at).and_then(|(text, _)| text.parse().ok()),
        _ => None,
    };
    Some(Said { address, number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_understood() {
        let first = |argument| {
            let packet = packet("/strip/gain", &[argument, Argument::Whole(7)]);
            assert_eq!(packet.len() % 4, 0);
            parse(&packet).expect("a message").number
        };
        assert_eq!(first(Argument::Whole(-3)), Some(-3.0));
        assert_eq!(first(Argument::Real(0.25)), Some(0.25));
        assert_eq!(first(Argument::Text("71680")), Some(71_680.0));
        assert_eq!(first(Argument::Text("Mix")), None);
        let empty = Some(Said { address: "/save_state".to_owned(), number: None });
        assert_eq!(parse(&packet("/save_state", &[])), empty);
        assert_eq!(parse(b"rubbish"), None);
    }
}
