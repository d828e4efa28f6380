"""Errors of printing.

NodeFault
├── NoHanFont
├── PrintTooLong
└── CannotPrint
TooManyRequests
└── PrinterBusy
NotFound
└── NoSuchState
"""

from serai.kernel.errors import NodeFault, NotFound, TooManyRequests, gettext_noop


class NoHanFont(NodeFault):
    code = "no_han_font"
    template = gettext_noop(
        "This text has Chinese characters, and this node’s machine has no font for them. "
        "Have its operator install fonts-noto-cjk, or print the page from your browser."
    )


class PrintTooLong(NodeFault):
    code = "print_too_long"
    template = gettext_noop(
        "The PDF was not ready within {seconds} seconds, so it was given up. Print the page from your browser instead."
    )


class CannotPrint(NodeFault):
    code = "cannot_print"
    template = gettext_noop(
        "The PDF could not be made; the node’s log says why. Print the page from your browser, or report the error."
    )


class PrinterBusy(TooManyRequests):
    """Several readers want a PDF at once; the node answers everything else meanwhile."""

    code = "printer_busy"
    http_status = 503
    template = gettext_noop(
        "This node is making a PDF for somebody else at the moment. Try again in {retry_after_s} seconds."
    )


class NoSuchState(NotFound):
    code = "no_such_state"
    template = gettext_noop("“{state}” is not a state of the mechanism. Write one of {states}.")
