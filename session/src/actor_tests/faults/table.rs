//! What is expected of every cell of the fault matrix.

/// One line for each fault at each place; the columns are the moments.
///
/// - `fresh`: signed in and fresh, the record stored.
/// - `stale CODE STAGE`: signed in, the record stored, and the view says what is the matter.
/// - `out CODE STAGE`: nobody was signed in before either; the attempt ended with this.
/// - `not asked`: as `fresh`, because this place is not asked at this moment: the fault has no effect.
///
/// Every code has one sentence in the user interface, and the stage is part of it: a cell is a sentence.
pub(super) const TABLE: &str = "
place       fault         | sign-in                        | launch, token fresh             | launch, token due            | renewal
discovery   refused       | out offline discovery          | stale offline discovery         | stale offline refresh        | not asked
discovery   cut           | out provider-fault discovery   | stale provider-fault discovery  | stale provider-fault refresh | not asked
discovery   silence       | out provider-silent discovery  | stale provider-silent discovery | stale provider-silent refresh| not asked
discovery   500           | out provider-fault discovery   | stale provider-fault discovery  | stale provider-fault refresh | not asked
discovery   503           | out provider-fault discovery   | stale provider-fault discovery  | stale provider-fault refresh | not asked
discovery   html          | out not-json discovery         | stale not-json discovery        | stale not-json refresh       | not asked
discovery   empty         | out discovery-invalid discovery| stale discovery-invalid discovery|stale discovery-invalid refresh| not asked
discovery   huge          | out too-large discovery        | stale too-large discovery       | stale too-large refresh      | not asked
discovery   wrong-json    | out discovery-invalid discovery| stale discovery-invalid discovery|stale discovery-invalid refresh| not asked
keys        refused       | out offline id-token           | not asked                       | fresh                        | fresh
keys        cut           | out provider-fault id-token    | not asked                       | fresh                        | fresh
keys        silence       | out provider-silent id-token   | not asked                       | fresh                        | fresh
keys        500           | out provider-fault id-token    | not asked                       | fresh                        | fresh
keys        503           | out provider-fault id-token    | not asked                       | fresh                        | fresh
keys        html          | out not-json id-token          | not asked                       | fresh                        | fresh
keys        empty         | out id-token-key id-token      | not asked                       | fresh                        | fresh
keys        huge          | out too-large id-token         | not asked                       | fresh                        | fresh
keys        wrong-json    | out id-token-key id-token      | not asked                       | fresh                        | fresh
token       refused       | out offline token              | not asked                       | stale offline refresh        | stale offline refresh
token       cut           | out provider-fault token       | not asked                       | stale provider-fault refresh | stale provider-fault refresh
token       silence       | out provider-silent token      | not asked                       | stale provider-silent refresh| stale provider-silent refresh
token       500           | out provider-fault token       | not asked                       | stale provider-fault refresh | stale provider-fault refresh
token       503           | out provider-fault token       | not asked                       | stale provider-fault refresh | stale provider-fault refresh
token       html          | out not-json token             | not asked                       | stale not-json refresh       | stale not-json refresh
token       empty         | out token-malformed token      | not asked                       | stale token-malformed refresh| stale token-malformed refresh
token       huge          | out too-large token            | not asked                       | stale too-large refresh      | stale too-large refresh
token       wrong-json    | out token-malformed token      | not asked                       | stale token-malformed refresh| stale token-malformed refresh
userinfo    refused       | fresh                          | stale offline userinfo          | not asked                    | not asked
userinfo    cut           | fresh                          | stale provider-fault userinfo   | not asked                    | not asked
userinfo    silence       | fresh                          | stale provider-silent userinfo  | not asked                    | not asked
userinfo    500           | fresh                          | stale provider-fault userinfo   | not asked                    | not asked
userinfo    503           | fresh                          | stale provider-fault userinfo   | not asked                    | not asked
userinfo    html          | fresh                          | stale not-json userinfo         | not asked                    | not asked
userinfo    empty         | fresh                          | fresh                           | not asked                    | not asked
userinfo    huge          | fresh                          | fresh                           | not asked                    | not asked
userinfo    wrong-json    | fresh                          | fresh                           | not asked                    | not asked
revocation  refused       | not asked                      | not asked                       | not asked                    | not asked
revocation  cut           | not asked                      | not asked                       | not asked                    | not asked
revocation  silence       | not asked                      | not asked                       | not asked                    | not asked
revocation  500           | not asked                      | not asked                       | not asked                    | not asked
revocation  503           | not asked                      | not asked                       | not asked                    | not asked
revocation  html          | not asked                      | not asked                       | not asked                    | not asked
revocation  empty         | not asked                      | not asked                       | not asked                    | not asked
revocation  huge          | not asked                      | not asked                       | not asked                    | not asked
revocation  wrong-json    | not asked                      | not asked                       | not asked                    | not asked
";
