"""What can be wrong in the exchange.

    SeraiError
    ├── BadInput
    │   └── BadMessage            what came from another node cannot be used; outwardly always “envelope_refused”
    │       ├── BadJws            its form
    │       ├── BadSignature
    │       ├── BadKeyLog         a key statement that does not follow from those before
    │       ├── UnknownKey        a key that the sender's key log does not have
    │       ├── KeyNotValid       not valid at the time stated
    │       ├── UnknownPeer       nobody was introduced under this code
    │       ├── WrongRecipient · WrongRealm · BadClaims
    │       ├── NotSealedForUs    it cannot be opened with our key
    │       └── BadProof          hashes do not lead to the root
    ├── Conflict
    │   ├── LaneFull              more waits than the disk may hold
    │   └── …
    └── NodeFault
        ├── NoKeys                the node has no private keys: it does not start
        ├── WrongPassphrase       and what is wrong with a key's place or a token: signer/errors.py
        └── SignerSilent          the signer does not answer

A message that is good but may not take effect is `MessageRefused`: its code goes back, signed.
"""

from serai.kernel.errors import BadInput, Conflict, NodeFault, NotFound, SeraiError, gettext_noop


class BadMessage(BadInput):
    """Something from another node that cannot be used. The reason is for our own log; the sender is told one thing."""

    code = "bad_message"


class BadJws(BadMessage):
    code = "bad_jws"
    template = gettext_noop("This is not a signed object of the exchange: {reason}. Ask its sender for it again.")


class BadSignature(BadMessage):
    code = "bad_signature"
    template = gettext_noop(
        "The signature does not fit the key {kid}. It was changed on the way, or is not from there."
    )


class BadKeyLog(BadMessage):
    code = "bad_key_log"
    template = gettext_noop(
        "Key statement {number} of {node} cannot be believed: {reason}. Compare fingerprints with its operator."
    )


class UnknownKey(BadMessage):
    code = "unknown_key"
    template = gettext_noop("The key {kid} is not in the key log of {node}. Fetch its key log again.")


class KeyNotValid(BadMessage):
    code = "key_not_valid"
    template = gettext_noop("The key {kid} was not valid at {at}. Its owner has to send with a key that is.")


class UnknownPeer(BadMessage):
    code = "unknown_peer"
    template = gettext_noop("No node {node} was introduced here. Introduce it by comparing fingerprints.")


class WrongRecipient(BadMessage):
    code = "wrong_recipient"
    template = gettext_noop("It is addressed to {recipient}, not to this node. Nothing was done with it.")


class WrongRealm(BadMessage):
    code = "wrong_realm"
    template = gettext_noop("It belongs to the {realm} realm, and this node does not. Nothing passes between realms.")


class BadClaims(BadMessage):
    code = "bad_claims"
    template = gettext_noop("The field “{field}” of the signed object is wrong: {reason}.")


class NotSealedForUs(BadMessage):
    code = "not_sealed_for_us"
    template = gettext_noop(
        "The sealed body cannot be opened with this node's key {kid}. Its sender has to seal it anew."
    )


class BadProof(BadMessage):
    code = "bad_proof"
    template = gettext_noop("The proof does not hold: {reason}.")


class Forked(BadMessage):
    """Two envelopes that cannot both be in one lane. Both are kept as evidence."""

    code = "forked"
    template = gettext_noop("{peer} signed two different messages for one place of a lane. Both are kept as evidence.")

    def __init__(self, *, kept: bytes, given: bytes, peer: str) -> None:
        super().__init__(peer=peer)
        self.kept, self.given = kept, given


class MessageRefused(SeraiError):
    """A good message that may not take effect here; `code` goes back to the sender in a signed receipt."""

    code = "message_refused"
    http_status = 409
    template = gettext_noop("The message cannot take effect here: {reason}.")


class Expired(MessageRefused):
    code = "expired"
    template = gettext_noop("The message expired at {at}, before it arrived.")


class UnreadableBody(MessageRefused):
    code = "unreadable_body"
    template = gettext_noop("The body of the message cannot be read here: {reason}.")


class WrongPurpose(MessageRefused):
    code = "wrong_purpose"
    template = gettext_noop("A message of type {type} may not travel in the lane {lane} for the purpose {purpose}.")


class RefusedByOperators(MessageRefused):
    code = "refused_by_operators"
    template = gettext_noop("Two operators of the receiving node decided that the message has no effect.")


class NoSealKey(Conflict):
    code = "no_seal_key"
    template = gettext_noop(
        "{peer} has no valid key to seal a message for. Fetch its key log again, or call its operator."
    )


class NoSuchStop(NotFound):
    code = "no_such_stop"
    template = gettext_noop("No message of {peer} in the lane “{lane}” waits for a decision.")


class NoSuchMessage(NotFound):
    code = "no_such_message"
    template = gettext_noop("No message at {place} is in the archive of this node. Check peer, lane, epoch and number.")


class NoReason(BadInput):
    code = "no_reason"
    template = gettext_noop("Say why in a few words. It is kept in the audit trail.")


class NoVerdict(BadInput):
    code = "no_verdict"
    template = gettext_noop("Choose what becomes of the message: its effect is tried again, or it is refused.")


class NoSuchPeer(NotFound):
    code = "no_such_peer"
    template = gettext_noop("No node {node} is known here. Enter its address to meet it.")


class NoSuchEvidence(NotFound):
    code = "no_exchange_evidence"
    template = gettext_noop("There is no evidence number {number} on this node. Open the list of what there is.")


class OneOperator(Conflict):
    code = "one_operator"
    template = gettext_noop("Two operators decide: whoever proposed cannot confirm. Ask another operator.")


class NothingProposed(Conflict):
    code = "nothing_proposed"
    template = gettext_noop("Nobody has proposed what to do with the message. Propose it first.")


class KeyLogRefused(MessageRefused):
    code = "key_log_refused"
    template = gettext_noop("The key statements do not follow from those known here: {reason}")


class NoteRefused(MessageRefused):
    code = "note_refused"
    template = gettext_noop("A note is a text of 1 to {most} characters. Shorten it and send it again.")


class NotANode(BadInput):
    code = "not_a_node"
    template = gettext_noop("What {url} says of itself is not what a node says. Check the address with its operator.")


class OwnNode(BadInput):
    code = "own_node"
    template = gettext_noop("This is the address of this node itself. Enter another node's.")


class KeysDiffer(Conflict):
    code = "keys_differ"
    template = gettext_noop(
        "The node at this address is not the {peer} that was introduced: its keys are others. Call its operator; "
        "only when both of you end the exchange can it be introduced anew."
    )


class WrongFingerprint(BadInput):
    code = "wrong_fingerprint"
    template = gettext_noop(
        "This is not the fingerprint of the node that answered for {peer}. Have it read to you again, digit by digit; "
        "if it still differs, somebody stands between you and that node."
    )


class TooManyTries(Conflict):
    code = "fingerprint_tries"
    template = gettext_noop(
        "The fingerprint was wrong five times. Wait {minutes} minutes, and call the other operator."
    )


class LaneFull(Conflict):
    code = "lane_full"
    template = gettext_noop(
        "{waiting} messages wait for {peer} in the lane “{lane}”; no more are taken. Mend the link, or call the peer's operator."
    )


class PeerEnded(Conflict):
    code = "peer_ended"
    template = gettext_noop("The exchange with {peer} was ended. Introduce the node again first.")


class NoKeys(NodeFault):
    code = "no_keys"
    template = gettext_noop(
        "The node in {folder} has no private keys, so it does not start. Put the folder “keys” back from its own copy."
    )


class WrongPassphrase(NodeFault):
    code = "wrong_passphrase"
    template = gettext_noop(
        "The private keys in {file} do not open with this passphrase. Check SERAI_KEY_PASSPHRASE_FILE."
    )


class SignerSilent(NodeFault):
    code = "signer_silent"
    template = gettext_noop("The signer of this node does not answer: {reason}. It is started with the node.")


class SignerRefused(NodeFault):
    code = "signer_refused"
    template = gettext_noop("The signer refused: {reason}.")


class NumberUsed(SignerRefused):
    """The signer has signed beyond this number: the store is older than the keys' memory, so it was restored."""

    code = "number_used"
    template = gettext_noop(
        "The signer has signed message {last} of lane {lane} already, and was asked for {asked}. The store seems restored."
    )
