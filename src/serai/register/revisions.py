"""The two numbers that move with the register: its catalogue and where entries stand, and the figures beside them."""

from typing import Final

REGISTER: Final = "register"
FIGURES: Final = "register-figures"
