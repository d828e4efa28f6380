"""What can be wrong with where private keys lie. Each stops the start of the node; no sentence holds a PIN or a key.

NodeFault
├── KeyMissing            the key log names a key that is in no place
├── KeyDiffers            a place holds another key than the log names
└── TokenFault            a token that was told of signs no more
    ├── TokenSettingsBad  keys/pkcs11.toml cannot be used
    ├── TokenSoftwareMissing · TokenModuleBad
    ├── PinFileBad · PinRefused
    └── TokenMissing · TokenKeyMissing · TokenKeyTaken · TokenUnable
"""

from serai.kernel.errors import NodeFault, gettext_noop


class KeyMissing(NodeFault):
    code = "key_missing"
    template = gettext_noop(
        "The private key {kid} is neither in {file} nor named in {settings}, so the node does not start. "
        "Put the folder “keys” back from its own copy, or name the key of the token there."
    )


class KeyDiffers(NodeFault):
    code = "key_differs"
    template = gettext_noop(
        "The private key {kid} ({place}) is not the one in the node's key log, so the node does not start. "
        "Name the right key of the token, or put the folder “keys” back from its own copy."
    )


class TokenFault(NodeFault):
    code = "token_failed"
    template = gettext_noop("The token “{token}” failed: {reason}. Look at it; the node signs once it answers again.")


class TokenSettingsBad(TokenFault):
    code = "token_settings"
    template = gettext_noop("{file} cannot be used: {reason}. Correct it as docs/exchange.md says.")


class TokenSoftwareMissing(TokenFault):
    code = "token_software"
    template = gettext_noop(
        "{file} names a token, but this node lacks python-pkcs11. "
        "Install it: pip install --require-hashes -r requirements/hsm.txt"
    )


class TokenModuleBad(TokenFault):
    code = "token_module"
    template = gettext_noop(
        "The token's software {module} does not load or does not start ({reason}). Install it, see that its own settings "
        "and its device are there, or correct “module” in {settings}."
    )


class TokenMissing(TokenFault):
    code = "token_missing"
    template = gettext_noop(
        "{module} shows {count} tokens “{token}”, not one. Connect the token, or correct “token” in {settings}."
    )


class PinFileBad(TokenFault):
    code = "token_pin_file"
    template = gettext_noop(
        "The token's PIN is not taken from {file}: {reason}. Put it there, and close it: chmod 600 {file}"
    )


class PinRefused(TokenFault):
    code = "token_pin"
    template = gettext_noop(
        "The token “{token}” refused the PIN in {file} ({reason}). Correct that file; until it changes the PIN is not tried "
        "again, since tokens lock after a few wrong ones."
    )


class TokenKeyMissing(TokenFault):
    code = "token_key"
    template = gettext_noop(
        "The token “{token}” has {count} private keys “{label}”, not one. Connect the token that has it, or correct {settings}."
    )


class TokenKeyTaken(TokenFault):
    code = "token_key_taken"
    template = gettext_noop(
        "The token “{token}” has a key “{label}” already: of another node, or from an interrupted change. "
        "Name another label with --token, or take this key by naming its own."
    )


class TokenUnable(TokenFault):
    code = "token_unable"
    template = gettext_noop(
        "The token “{token}” cannot do this: {reason}. Take a token that can, or leave the key in the key file."
    )
