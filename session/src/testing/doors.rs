//! Ports at which connections can be refused for a while.

use tokio::net::{TcpListener, TcpSocket};

/// A port that stays ours while nobody listens on it: connections are refused then, and no other program gets it.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) port: u16,
    _hold: TcpSocket,
    /// Who answers there.
    pub(super) serving: Option<tokio::task::JoinHandle<()>>,
}

impl Door {
    pub(super) fn new() -> Self {
        let hold = Self::socket(0);
        Self {
            port: hold.local_addr().unwrap().port(),
            _hold: hold,
            serving: None,
        }
    }

    pub(super) fn listen(&self) -> TcpListener {
        Self::socket(self.port).listen(64).unwrap()
    }

    /// Two sockets may share a port as long as neither listens.
    fn socket(port: u16) -> TcpSocket {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(([127, 0, 0, 1], port).into()).unwrap();
        socket
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if let Some(task) = &self.serving {
            task.abort();
        }
    }
}
