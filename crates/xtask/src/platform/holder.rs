//! Which program holds an address, so that a message can name it. Reads /proc and knows only what it may see there.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt as _;

/// Name and number of the process with a socket bound to the port, over TCP or UDP.
pub(super) fn of(address: SocketAddr) -> Option<String> {
    let sockets: Vec<u64> =
        ["tcp", "tcp6", "udp", "udp6"].iter().flat_map(|table| bound(&read(table), address.port())).collect();
    let processes = fs::read_dir("/proc").ok()?.flatten();
    processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()).find_map(|pid| {
        // The files of other accounts' processes are hidden from all but root.
        let files = fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
        let mut sockets_of = files.flatten().filter_map(|file| fs::metadata(file.path()).ok()).map(|file| file.ino());
        sockets_of.any(|socket| sockets.contains(&socket)).then(|| name(pid))
    })
}

fn read(table: &str) -> String {
    fs::read_to_string(format!("/proc/net/{table}")).unwrap_or_default()
}

fn name(pid: u32) -> String {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    format!("{} (process {pid})", name.trim_end())
}

/// The numbers of the sockets in a table of /proc/net that listen on a port, or take datagrams there.
fn bound(table: &str, port: u16) -> Vec<u64> {
    let local = format!(":{port:04X}");
    let rows = table.lines().skip(1).map(|row| row.split_whitespace().collect::<Vec<_>>());
    rows.filter(|row| {
        // 0A is LISTEN; 07 is what an unconnected datagram socket shows.
        row.get(1).is_some_and(|address| address.ends_with(&local)) && matches!(row.get(3), Some(&("0A" | "07")))
    })
    .filter_map(|row| row.get(9)?.parse().ok())
    .filter(|socket| *socket != 0)
    .collect()
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, UdpSocket};

    use super::of;

    #[test]
    fn the_process_that_listens_is_named() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let expected = format!("(process {})", std::process::id());
        assert!(of(listener.local_addr().unwrap()).unwrap().ends_with(&expected));
        let socket = UdpSocket::bind("[::1]:0").unwrap();
        assert!(of(socket.local_addr().unwrap()).unwrap().ends_with(&expected));
        let gone = socket.local_addr().unwrap();
        drop(socket);
        assert_eq!(of(gone), None);
    }
}
