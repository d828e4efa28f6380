"""Why what another node published does not stand here; the code goes back to it in a signed receipt.

MessageRefused
├── NotASubmission       its form, or what it says, is none that the register can take
├── NotItsOwn            the sender speaks for another node
├── NoSuchEntryHere
├── SubmissionDiffers    the same submission said something else before
└── TargetMissing        what it corrects, or speaks of, was never published
"""

from serai.exchange.errors import MessageRefused
from serai.kernel.errors import gettext_noop


class NotASubmission(MessageRefused):
    code = "not_a_submission"
    template = gettext_noop("It is no figure, note or statement that the register can take: {reason}")


class NotItsOwn(MessageRefused):
    code = "not_its_own"
    template = gettext_noop("{sender} sent what belongs to {owner}. Each node speaks for itself.")


class NoSuchEntryHere(MessageRefused):
    code = "no_such_entry_here"
    template = gettext_noop("The register of this node has no entry {entry}. Its catalogue may be an older one.")


class SubmissionDiffers(MessageRefused):
    code = "submission_differs"
    template = gettext_noop("Number {number} of {owner} is known here and says something else. What was said stays.")


class TargetMissing(MessageRefused):
    code = "target_missing"
    template = gettext_noop("The figure {number} of {owner}, of which this speaks, never arrived here.")
