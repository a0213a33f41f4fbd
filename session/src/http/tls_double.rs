//! A TLS server on loopback with an authority of its own, for tests. Connections are kept, counted, and answered with `{}`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Every version we know.
pub(crate) const VERSIONS: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12, &rustls::version::TLS13];

/// Who issues certificates.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) certificate: CertificateDer<'static>,
}

impl Authority {
    /// One with this common name, of the organisation Acme.
    pub(crate) fn new(common_name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::OrganizationName, "Acme");
        params.distinguished_name.push(DnType::CommonName, common_name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self {
            issuer: Issuer::new(params, key),
            certificate,
        }
    }

    /// A certificate for this host and its key.
    pub(crate) fn issue(&self, host: &str) -> Identity {
        self.issue_for_years(host, 1990, 4000)
    }

    /// One that is valid from one New Year to another.
    pub(crate) fn issue_for_years(&self, host: &str, from: i32, until: i32) -> Identity {
        let (params, key) = request(host, from, until);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity::new(certificate.der().clone(), &key)
    }
}

/// What a server shows.
pub(crate) struct Identity {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    fn new(certificate: CertificateDer<'static>, key: &KeyPair) -> Self {
        Self {
            certificate,
            key: PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        }
    }

    /// A server's TLS settings, without ALPN.
    pub(crate) fn settings(self, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
        let cryptography = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        ServerConfig::builder_with_provider(cryptography)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate], self.key)
            .unwrap()
    }

    /// One that vouches for itself.
    pub(crate) fn of_itself(host: &str) -> Self {
        let (params, key) = request(host, 1990, 4000);
        Self::new(params.self_signed(&key).unwrap().der().clone(), &key)
    }
}

fn request(host: &str, from: i32, until: i32) -> (CertificateParams, KeyPair) {
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, host);
    params.not_before = rcgen::date_time_ymd(from, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    (params, KeyPair::generate().unwrap())
}

/// The server. Ends when dropped.
pub(crate) struct Server {
    pub(crate) port: u16,
    connections: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// One that shows this identity.
    pub(crate) async fn start(identity: Identity) -> Self {
        Self::with_versions(identity, VERSIONS).await
    }

    /// One that speaks these versions of TLS.
    pub(crate) async fn with_versions(
        identity: Identity,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Self {
        let settings = identity.settings(versions);
        Self::serve(Some(TlsAcceptor::from(Arc::new(settings)))).await
    }

    /// One without TLS.
    pub(crate) async fn plain() -> Self {
        Self::serve(None).await
    }

    async fn serve(acceptor: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    match acceptor {
                        Some(acceptor) => answer(acceptor.accept(stream).await.ok()?).await,
                        None => answer(stream).await,
                    }
                });
            }
        });
        Self {
            port,
            connections,
            task,
        }
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Answers request after request, none of which has a body.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> Option<()> {
    let mut bytes = Vec::new();
    loop {
        while !bytes.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        }
        bytes.clear();
        let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
        stream.write_all(answer).await.ok()?;
        stream.flush().await.ok()?;
    }
}
