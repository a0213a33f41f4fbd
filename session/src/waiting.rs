//! Who waits for what: the callers behind an attempt, a renewal, a sign-out. They wait outside the pure state.

use tokio::sync::oneshot;

use crate::actor::Reply;
use crate::error::{Code, Error, Result, Stage};
use crate::loopback::{Arrival, Verdict};
use crate::secret::AccessToken;
use crate::state::{AttemptId, SignOutStep};
use crate::view::{Receipt, Step};

/// Everybody who waits.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    attempt: Option<(AttemptId, Reply<()>)>,
    page: Option<(AttemptId, Arrival)>,
    refreshes: Vec<Reply<()>>,
    tokens: Vec<Reply<AccessToken>>,
    sign_outs: Vec<Reply<Receipt>>,
    receipt: Option<Receipt>,
    /// Which steps have been heard of: device, tokens, provider's session. One that is pending by then goes on by itself.
    heard: [bool; 3],
}

impl Waiting {
    /// Somebody waits for the end of this attempt.
    pub(crate) fn begin(&mut self, id: AttemptId) -> oneshot::Receiver<Result<()>> {
        let (reply, ended) = oneshot::channel();
        self.attempt = Some((id, reply));
        ended
    }

    /// The attempt goes on as another one.
    pub(crate) fn follow(&mut self, id: AttemptId, next: AttemptId) {
        if let Some((waiting, _)) = &mut self.attempt
            && *waiting == id
        {
            *waiting = next;
        }
    }

    /// A page in the browser waits for the end of this attempt.
    pub(crate) fn hold_page(&mut self, id: AttemptId, arrival: Arrival) {
        self.page = Some((id, arrival));
    }

    /// The attempt is over.
    pub(crate) fn end_attempt(&mut self, id: AttemptId, result: Result<()>) {
        if let Some((_, arrival)) = self.page.take_if(|(waiting, _)| *waiting == id) {
            arrival.answer(if result.is_ok() {
                Verdict::Finished
            } else {
                Verdict::Failed
            });
        }
        if let Some((_, reply)) = self.attempt.take_if(|(waiting, _)| *waiting == id) {
            let _ = reply.send(result);
        }
    }

    /// The session closes: what has not come to its end is answered as it stands.
    pub(crate) fn end_everything(&mut self) {
        if let Some((_, reply)) = self.attempt.take() {
            let _ = reply.send(Err(Error::new(Stage::Browser, Code::Closing)));
        }
        self.end_renewals(&Err(Error::new(Stage::Refresh, Code::Closing)));
        if let Some(receipt) = self.receipt.take() {
            self.end_sign_outs(receipt);
        }
    }

    /// Somebody waits for a renewal.
    pub(crate) fn refresh(&mut self, reply: Reply<()>) {
        self.refreshes.push(reply);
    }

    /// Somebody waits for a fresh access token.
    pub(crate) fn token(&mut self, reply: Reply<AccessToken>) {
        self.tokens.push(reply);
    }

    /// Whether somebody waits for a renewal.
    pub(crate) fn is_for_a_renewal(&self) -> bool {
        !self.refreshes.is_empty() || !self.tokens.is_empty()
    }

    /// The renewal is over.
    pub(crate) fn end_renewals(&mut self, result: &Result<AccessToken>) {
        for reply in self.refreshes.drain(..) {
            let _ = reply.send(result.as_ref().map(|_| ()).map_err(Clone::clone));
        }
        for reply in self.tokens.drain(..) {
            let _ = reply.send(result.clone());
        }
    }

    /// Somebody waits for the sign-out that begins now.
    pub(crate) fn sign_out(&mut self, reply: Reply<Receipt>) {
        self.sign_outs.push(reply);
        self.receipt = Some(Receipt::all(Step::Pending));
        self.heard = [false; 3];
    }

    /// A step of the sign-out has been tried.
    pub(crate) fn sign_out_step(&mut self, step: SignOutStep) {
        let Some(receipt) = self.receipt.as_mut() else {
            return;
        };
        receipt.note(step);
        let [device, tokens, provider_session] = &mut self.heard;
        *match step {
            SignOutStep::Device(_) => device,
            SignOutStep::Tokens(_) => tokens,
            SignOutStep::ProviderSession(_) => provider_session,
        } = true;
        if self.heard == [true; 3] {
            let receipt = *receipt;
            self.receipt = None;
            self.end_sign_outs(receipt);
        }
    }

    fn end_sign_outs(&mut self, receipt: Receipt) {
        for reply in self.sign_outs.drain(..) {
            let _ = reply.send(Ok(receipt));
        }
    }
}

impl Receipt {
    /// A receipt on which every step stands like this.
    pub(crate) fn all(step: Step) -> Self {
        Self {
            device: step,
            tokens: step,
            provider_session: step,
        }
    }

    /// Writes a step down.
    pub(crate) fn note(&mut self, step: SignOutStep) {
        match step {
            SignOutStep::Device(step) => self.device = step,
            SignOutStep::Tokens(step) => self.tokens = step,
            SignOutStep::ProviderSession(step) => self.provider_session = step,
        }
    }
}
