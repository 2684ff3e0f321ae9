"""Amounts of đồng as papers write them: with dots, and in words (số tiền bằng chữ).

Chosen where usage differs: *lẻ* for a nought among the tens, as in the South (the North says *linh*); *tư* after
*mươi* (hai mươi tư); *nghìn* as the laws write it, not *ngàn*. Every group after the first is read out in full (một
triệu không trăm lẻ năm), one that is nought not at all.
"""

#: The largest amount that can be put into words.
MOST = 999_999_999_999
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
#: As the last digit after two to nine tens; after *mười* five alone differs.
_AFTER_TENS = {1: "mốt", 4: "tư", 5: "lăm"}
_GROUPS = ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn"), (1, ""))


def in_words(amount: int) -> str:
    """For example "một triệu hai trăm nghìn"; ValueError outside 0 … 999.999.999.999."""
    if not 0 <= amount <= MOST:
        raise ValueError(f"only amounts from 0 to {MOST} are put into words, not {amount}")
    if amount == 0:
        return _DIGITS[0]
    said: list[str] = []
    for size, name in _GROUPS:
        group = amount // size % 1000
        if group:
            said += [*_group(group, in_full=bool(said)), *([name] if name else [])]
    return " ".join(said)


def money_in_words(amount: int) -> str:
    """As it stands on a paper: "Một triệu hai trăm nghìn đồng chẵn./." *Chẵn* is said of whole thousands."""
    words = in_words(amount)
    whole = " chẵn" if amount and amount % 1000 == 0 else ""
    return f"{words[0].upper()}{words[1:]} đồng{whole}./."


def with_dots(amount: int) -> str:
    """1200000 as "1.200.000"."""
    return f"{amount:,}".replace(",", ".")


def _group(number: int, *, in_full: bool) -> list[str]:
    """The words of 1 … 999; `in_full`: another group stands before it, so its hundreds are said when there are none."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    said = [_DIGITS[hundreds], "trăm"] if hundreds or in_full else []
    if tens == 0:
        if ones:
            said += ["lẻ", _DIGITS[ones]] if said else [_DIGITS[ones]]
        return said
    said += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if ones:
        said.append("lăm" if ones == 5 else _DIGITS[ones] if tens == 1 else _AFTER_TENS.get(ones, _DIGITS[ones]))
    return said
