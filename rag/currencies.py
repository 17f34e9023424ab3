"""The currencies: their signs, their codes (ISO 4217) and the words for them.

A word that several countries use names them all ("crown"), and agrees with each.
"""

from __future__ import annotations

_SIGNS = {
    "US$": "USD",
    "U.S.$": "USD",
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "NZ$": "NZD",
    "HK$": "HKD",
    "S$": "SGD",
}
_SIGNS |= {
    "NT$": "TWD",
    "R$": "BRL",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY|CNY",
    "CN¥": "CNY",
    "JP¥": "JPY",
    "₹": "INR",
}
_SIGNS |= {
    "Rs": "INR|PKR|LKR",
    "Rs.": "INR|PKR|LKR",
    "₩": "KRW",
    "₽": "RUB",
    "₪": "ILS",
    "₺": "TRY",
    "฿": "THB",
    "₫": "VND",
}
_SIGNS |= {
    "₦": "NGN",
    "₱": "PHP",
    "₿": "BTC",
    "RM": "MYR",
    "kr": "SEK|NOK|DKK",
    "RMB": "CNY",
    "RMB¥": "CNY",
    "US $": "USD",
}
_ISO = """
USD EUR GBP JPY CNY INR AUD CAD CHF SEK NOK DKK KRW RUB BRL ZAR MXN HKD SGD TWD NZD TRY PLN THB IDR MYR PHP VND ILS AED
SAR EGP NGN PKR CZK HUF BTC UAH
"""
CODES: dict[str, str] = _SIGNS | {code: code for code in _ISO.split()}
MONEY_WORDS = {
    "USD": "dollar|US dollar|U.S. dollar|American dollar|buck",
    "AUD": "Australian dollar",
    "CAD": "Canadian dollar",
    "NZD": "New Zealand dollar",
    "HKD": "Hong Kong dollar",
    "SGD": "Singapore dollar",
    "TWD": "Taiwan dollar|New Taiwan dollar",
    "EUR": "euro",
    "GBP": "pound sterling|pounds sterling|British pound|sterling|quid",
    "CNY": "yuan|renminbi|Chinese yuan",
    "JPY": "yen|Japanese yen",
    "INR": "Indian rupee",
    "INR|PKR|LKR": "rupee",
    "KRW": "South Korean won|Korean won",
    "CHF": "Swiss franc",
    "CHF|XOF|XAF": "franc",
    "RUB": "rouble|ruble",
    "MXN|ARS|CLP|COP|PHP": "peso",
    "BRL": "reais|Brazilian real",
    "ZAR": "rand",
    "TRY": "lira|Turkish lira",
    "PLN": "zloty|zlotys",
    "SEK": "krona|kronor|Swedish krona|Swedish kronor",
    "NOK|DKK": "krone|kroner",
    "SEK|NOK|DKK|CZK|ISK": "crown",
    "NOK": "Norwegian krone|Norwegian kroner",
    "DKK": "Danish krone|Danish kroner",
    "AED|MAD": "dirham",
    "SAR|QAR": "riyal",
    "ILS": "shekel",
    "THB": "baht",
    "MYR": "ringgit",
    "IDR": "rupiah",
    "NGN": "naira",
    "HUF": "forint",
    "UAH": "hryvnia",
    "RON": "leu|lei|Romanian leu|Romanian lei",
    "BGN": "lev|leva",
    "RSD|DZD|JOD|KWD|TND|IQD|BHD": "dinar",
    "KES|TZS|UGX|SOS": "shilling",
    "ATS": "schilling",
    "VND": "dong",
    "KZT": "tenge",
    "GEL": "lari",
    "GHS": "cedi",
    "ETB": "birr",
    "BDT": "taka",
    "TJS": "somoni",
    "CVE|PTE": "escudo",
    "ESP": "peseta",
    "GRD": "drachma",
    "DEM": "Deutschmark|Deutsche Mark|German mark|D-Mark",
    "ITL": "lire",
    "NLG|AWG": "guilder|florin",
    "ducat": "ducat",
    "thaler": "thaler|taler",
    "BTC": "bitcoin",
}
