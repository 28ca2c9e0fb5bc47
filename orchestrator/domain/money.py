"""Money in minor units with a currency; decimals appear only at the edges."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

# ISO 4217 exponents that are not 2
_EXPONENTS = {
    "BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0, "KMF": 0,
    "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0, "UYI": 0, "VND": 0,
    "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip
_SIGNS = {"USD": "$", "CNY": "¥", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩"}


def exponent(currency: str) -> int:
    """Digits after the point of an ISO 4217 currency."""
    return _EXPONENTS.get(currency, 2)


def to_minor(text: str, currency: str) -> int:
    """Minor units of a decimal in major units; more digits than the currency has are a ValueError."""
    try:
        amount = Decimal(text.strip())
        scaled = amount.scaleb(exponent(currency))
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount") from None
    if not amount.is_finite() or abs(scaled) > 10**15:
        raise ValueError(f"{text!r} is not an amount")
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{text!r} has more digits than {currency} has")
    return int(scaled)


def to_major(minor: int, currency: str) -> Decimal:
    """The amount in major units, exact."""
    return Decimal(minor).scaleb(-exponent(currency))


def spell(minor: int, currency: str) -> str:
    """How an amount is printed in a message: `$1,234.50`, `¥880.00`, else `1,234.50 CHF`."""
    figure = f"{to_major(abs(minor), currency):,.{exponent(currency)}f}"
    lead = "-" if minor < 0 else ""
    sign = _SIGNS.get(currency)
    return f"{lead}{sign}{figure}" if sign else f"{lead}{figure} {currency}"
