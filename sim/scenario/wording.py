"""Validation errors in the words of the trade: what is wrong with a value, and what would be right."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from sim.scenario.members import keys_at, range_at
from sim.scenario.paths import Part, dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LONGEST_SHOWN: Final = 40
_OWN_KINDS: Final = ("distribution", "support", "one_of", "day", "man_days")
_PERCENT: Final = 100
_CODE_LENGTH: Final = 3
_CURRENCIES: Final = "such as EUR, GBP, USD"
_PLAIN: Final = {
    "bool_type": "must be true or false",
    "date_type": "must be a date such as 2026-03-02",
    "dict_type": "must be a map of names",
    "finite_number": "must be a number that is not infinite",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "model_type": "must be a map of keys",
    "string_type": "must be a text",
    "tuple_type": "must be a list, such as [a, b]",
}
_UNION_KEYS: Final = {"_standard()": "standard", "_kind()": "kind"}


def nearest(name: object, known: Iterable[str], what: str = "known here") -> str:
    """Hint at the known name that is nearest to a wrong one, or at all of them."""
    names = list(known)
    near = get_close_matches(str(name), names, n=1)
    if not near:
        near = [other for other in names if other.lower() == str(name).lower()]
    if near:
        return f"did you mean `{near[0]}`?"
    return f"{what}: {', '.join(names)}" if names else f"{what}: none"


def quoted(value: object) -> str:
    """Show a value as a file would write it, cut short."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case dict():
            return "a map"
        case list():
            return "a list"
        case str() | int() | float() | date():
            text = str(value)
            return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."
        case _:
            return "this"


def worded(error: Mapping[str, Any], path: Sequence[Part]) -> tuple[str, str | None]:
    """Say what is wrong with a value, and give a hint at what would be right.

    Parameters
    ----------
    error
        As pydantic reports it.
    path
        Of the value in the file.
    """
    kind: str = error["type"]
    context: Mapping[str, Any] = error.get("ctx", {})
    name = f"`{path[-1]}`" if path and isinstance(path[-1], str) else f"`{dotted(path)}`" if path else "the scenario"
    if kind in _OWN_KINDS:
        message = str(error["msg"])
        return (f"{name} {message}" if message.startswith("must") else message), context.get("hint")
    if kind in _PLAIN:
        return f"{name} {_PLAIN[kind]}, not {quoted(error['input'])}", _type_hint(kind, error["input"], path)
    if kind.startswith(("greater_than", "less_than")):
        return _out_of_range(name, error["input"], path)
    return _of_form(kind, name, error, context)


def _type_hint(kind: str, value: object, path: Sequence[Part]) -> str | None:
    if kind == "string_type" and value is not None and not isinstance(value, dict | list):
        return f'put it in quotes: "{quoted(value)}"'
    if kind in {"float_type", "int_type"}:
        if isinstance(value, str) and value.rstrip().endswith("%"):
            return "write a share, such as 0.3 for 30 %"
        allowed = range_at(path)
        unquoted = " (without quotes)" if isinstance(value, str) and value.strip().isdigit() else ""
        return f"allowed: {allowed}{unquoted}" if allowed else None
    if kind == "model_type":
        return f"its keys: {', '.join(keys_at(path))}" if keys_at(path) else None
    if kind == "bool_type":
        return "without quotes"
    return None


def _out_of_range(name: str, value: object, path: Sequence[Part]) -> tuple[str, str | None]:
    allowed = range_at(path)
    hint = f"allowed: {allowed}" if allowed else None
    if allowed == "0 to 1" and isinstance(value, int | float) and 1 < value <= _PERCENT:
        hint = f"allowed: 0 to 1; {value:g} % is {value / _PERCENT:g}"
    return f"`{name.strip('`')}` is out of range: {quoted(value)}", hint


def _of_form(kind: str, name: str, error: Mapping[str, Any], context: Mapping[str, Any]) -> tuple[str, str | None]:
    value = error["input"]
    match kind:
        case "literal_error":
            choices = [choice.strip("' ") for choice in str(context["expected"]).replace(" or ", ", ").split(",")]
            choices += ["{supplier: name}"] if choices == ["cancel"] else []
            wanted = choices[0] if len(choices) == 1 else "one of " + ", ".join(choices)
            near = get_close_matches(str(value), choices, n=1)
            return (
                f"{name} must be {wanted}, not {quoted(value)}",
                f"did you mean `{near[0]}`?" if near else None,
            )
        case "string_pattern_mismatch":
            if name == "`currency`":
                return (
                    f"{name} must be a code of three capital letters, not {quoted(value)}",
                    _currency_hint(value),
                )
            return (
                f"{quoted(value)!r} cannot be a name",
                "a name has letters, digits, - and _, at most 80 of them",
            )
        case "too_short":
            return f"{name} must not be empty", None
        case "too_long":
            return (
                f"{name} holds more than {context['max_length']:,} values",
                f"at most {context['max_length']:,}",
            )
        case "union_tag_invalid" | "union_tag_not_found":
            return _union_worded(name, value, context)
        case _:
            message = str(error["msg"])
            return f"{name} is not right: {message[:1].lower()}{message[1:]}", None


def _currency_hint(value: object) -> str:
    capitals = str(value).strip().upper()
    return f"did you mean `{capitals}`?" if len(capitals) == _CODE_LENGTH and capitals.isalpha() else _CURRENCIES


def _union_worded(name: str, value: object, context: Mapping[str, Any]) -> tuple[str, str | None]:
    key = _UNION_KEYS.get(str(context["discriminator"]))
    if key is None:
        return f"{name} must be cancel or {{supplier: name}}, not {quoted(value)}", None
    choices = ["iso2859-1", "fixed"] if key == "standard" else ["during_production", "pre_shipment"]
    if not isinstance(value, dict):
        return f"{name} must be a map of keys, not {quoted(value)}", f"begin with `{key}: {choices[0]}`"
    if key not in value:
        return f"{name} needs `{key}`", "one of " + ", ".join(choices)
    return f"`{key}` must be one of {', '.join(choices)}, not {quoted(value[key])}", nearest(value[key], choices)
